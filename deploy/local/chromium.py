"""A Chromium that runs and can draw Chinese: the machine's, or one in a private folder.

Invariant: what is returned has shown a page headless on this machine, or was installed by its
package manager; callers add `--no-sandbox`, as no private copy can bring a setuid helper.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from deploy.local.account import account, remove
from deploy.local.places import home, local, locked
from deploy.local.prefix import Prefix, Recipe
from deploy.local.say import Missing, say

FONT = "fonts-wqy-microhei"
NAMES = ("chromium", "google-chrome-stable", "google-chrome")
BROWSER = Recipe(
    what="Chromium",
    packages=("chromium", "fonts-dejavu-core", FONT),
    programs=("usr/lib/chromium/chromium", "usr/lib/chromium/chrome_crashpad_handler"),
)
FONTS = Recipe(what="a Chinese font", packages=(FONT,), programs=())
WRAPPER = """\
#!/bin/sh
# Chromium with the libraries and fonts beside it.
export FONTCONFIG_FILE={fonts}
{libraries}exec {program} "$@"
"""
LIBRARIES = """\
export LD_LIBRARY_PATH={folders}
# The machine's own modules were made for other libraries.
export GIO_MODULE_DIR=/nonexistent GSETTINGS_BACKEND=memory
"""
FONTCONFIG = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  {machine}<dir>{here}/usr/share/fonts</dir>
  <cachedir>{cache}</cachedir>
  {preferences}
</fontconfig>
"""
PREFERENCE = """\
<alias binding="same"><family>{family}</family>
    <prefer><family>{latin}</family><family>WenQuanYi Micro Hei{kind}</family></prefer></alias>
"""
MACHINE = '<include ignore_missing="yes">/etc/fonts/fonts.conf</include>\n  '
PAGE = "data:text/html;charset=utf-8,<title>t</title>渔"


def ensure() -> Path:
    """Return a Chromium, installing or fetching one first where there is none."""
    asked = os.environ.get("FLEET_CHROMIUM")
    if asked:
        return Path(asked)
    with locked("chromium"):
        found = installed()
        if found and chinese():
            return found
        if os.geteuid() == 0 and shutil.which("apt-get"):
            install([FONT] if found else ["chromium", FONT])
            found = installed()
            if found and chinese():
                return found
        return dressed(found) if found else private()


def installed() -> Path | None:
    """Find the machine's own, past the placeholders that only tell to install another package."""
    for name in NAMES:
        path = shutil.which(name, path="/usr/bin:/usr/local/bin:/opt/google/chrome")
        if path and runs([path, "--version"], 20):
            return Path(path)
    return None


def chinese() -> bool:
    """Whether the machine has a font for Chinese."""
    if not shutil.which("fc-list"):
        return False
    told = subprocess.run(["fc-list", ":lang=zh-cn"], check=False, capture_output=True)
    return bool(told.stdout.strip())


def install(packages: list[str]) -> None:
    """Install Debian's as root; where that does not go, the private copy is tried next."""
    say(f"installing {' and '.join(packages)} with apt (some 120 MB the first time)")
    get = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
    steps = (
        [*get, "install", "-y", "--no-install-recommends", *packages],
        ["dpkg", "--configure", "-a"],
        [*get, "update"],
        [*get, "install", "-y", "--no-install-recommends", *packages],
    )
    if runs(steps[0], 900):
        return
    done = [runs(step, 900) for step in steps[1:]]
    if not done[-1]:
        say("apt could not install it; making a private copy")


def runs(command: list[str], seconds: float) -> bool:
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command,
            check=False,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def private() -> Path:
    """Fetch Chromium and everything it needs, and wrap it."""
    prefix = Prefix(home() / "chromium")
    if not prefix.ready(BROWSER):
        prefix.build(BROWSER, home() / "archive-chromium")
    program = prefix.one("usr/lib/chromium/chromium")
    return wrap(prefix, program, LIBRARIES.format(folders=prefix.libraries()), "")


def dressed(program: Path) -> Path:
    """Give the machine's own Chromium a Chinese font."""
    prefix = Prefix(home() / "fonts")
    if not prefix.ready(FONTS):
        prefix.build(FONTS, home() / "archive-chromium")
    return wrap(prefix, program, "", MACHINE)


def wrap(prefix: Prefix, program: Path, libraries: str, machine: str) -> Path:
    """Write the script that starts it, and prove it once."""
    script = prefix.root / "run-chromium"
    if script.exists():
        return script
    fonts, draft = prefix.root / "fonts.conf", script.with_suffix(".new")
    cache = account().folder(prefix.root / "cache") if os.geteuid() else prefix.root / "cache"
    text = FONTCONFIG.format(
        here=prefix.root, cache=cache, machine=machine, preferences=preferences()
    )
    fonts.write_text(text)
    prefix.one("usr/share/fonts/truetype/wqy/*.ttc")
    draft.write_text(WRAPPER.format(fonts=fonts, libraries=libraries, program=program))
    draft.chmod(0o755)
    prove(draft)
    draft.replace(script)
    return script


def preferences() -> str:
    families = (("sans-serif", "DejaVu Sans", ""), ("monospace", "DejaVu Sans Mono", " Mono"))
    return "".join(
        PREFERENCE.format(family=family, latin=latin, kind=kind) for family, latin, kind in families
    )


def prove(script: Path) -> None:
    """Show a page, headless, in a profile of its own."""
    profile = local() / "chromium-profile"
    remove(profile)
    flags = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}"]
    shown = runs([str(script), *flags, "--dump-dom", PAGE], 120)
    remove(profile)
    if not shown:
        raise Missing("the fetched Chromium does not run; install one and set FLEET_CHROMIUM")
