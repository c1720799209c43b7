"""The command `python3 -m deploy.local`: environment, servers, browser.

Invariant: stdout carries only the answer; whatever cannot go on says why in one line and exits 1.
"""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):  # noqa: UP036 -- the one place an older Python gets to
    sys.exit("fleet: Python 3.11 or later is needed; set PYTHON to one")

import argparse
import json
import os
import shlex

from deploy.local import chromium, programs, stack, venv
from deploy.local.say import Missing, say


def make_venv(asked: argparse.Namespace) -> None:
    print(venv.ensure(dev=asked.dev))


def fetch(_: argparse.Namespace) -> None:
    found = programs.fetch()
    print(f"{found.postgres}\n{found.mosquitto}")


def up(asked: argparse.Namespace) -> None:
    if stack.given():
        say("using the servers that FLEET_DATABASE_URL and FLEET_MQTT_URL name")
    stack.Stack().up()
    env(asked)


def down(_: argparse.Namespace) -> None:
    stack.Stack().down()


def clean(_: argparse.Namespace) -> None:
    stack.forget()


def status(_: argparse.Namespace) -> None:
    for name, word in stack.Stack().status().items():
        print(f"{name}: {word}")


def env(asked: argparse.Namespace) -> None:
    found = stack.Stack().env()
    if asked.json:
        print(json.dumps(found))
    else:
        print("\n".join(f"export {key}={shlex.quote(value)}" for key, value in found.items()))


def browser(_: argparse.Namespace) -> None:
    print(chromium.ensure())


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m deploy.local", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    json_flag = argparse.ArgumentParser(add_help=False)
    json_flag.add_argument("--json", action="store_true", help="print one JSON object")
    add = commands.add_parser("venv", help="make .venv from the locks; print its Python")
    add.add_argument("--dev", action="store_true", help="with what tests and checks need")
    add.set_defaults(run=make_venv)
    for name, run, told in (
        ("fetch", fetch, "fetch the servers' programs; print where they are"),
        ("down", down, "stop both servers"),
        ("status", status, "say what runs where"),
        ("clean", clean, "stop both servers and remove everything that was made here"),
        ("chromium", browser, "print the path of a Chromium that runs, fetched if need be"),
    ):
        commands.add_parser(name, help=told).set_defaults(run=run)
    for name, answer, told in (
        ("up", up, "start both servers; print their addresses"),
        ("env", env, "print the addresses of the servers, for a shell to eval"),
    ):
        commands.add_parser(name, help=told, parents=[json_flag]).set_defaults(run=answer)
    return parser


def main() -> int:
    os.umask(0o022)
    asked = arguments().parse_args()
    try:
        asked.run(asked)
    except Missing as missing:
        say(str(missing))
        return 1
    except KeyboardInterrupt:
        say("stopped; the next run goes on from here")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
