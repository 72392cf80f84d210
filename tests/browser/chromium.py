"""Finds the system's Chromium; `--install` asks Debian's package manager where that is allowed.

Playwright could download a browser of its own; it is never let.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
INSTALL = (
    ("apt-get", "update", "-q"),
    ("apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium"),
)
TRY_SECONDS, INSTALL_SECONDS = 30, 600


def find() -> str | None:
    """The path of a Chromium that starts: on some systems the command only names a shop."""
    for name in NAMES:
        path = shutil.which(name)
        if path is not None and _starts(path):
            return path
    return None


def _starts(path: str) -> bool:
    try:
        tried = subprocess.run(
            [path, "--version"], capture_output=True, timeout=TRY_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return tried.returncode == 0


def install() -> None:
    """Ask for Debian's package; without the right or the tool for it nothing happens."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in INSTALL:
        try:
            subprocess.run(command, env=quiet, check=True, timeout=INSTALL_SECONDS)
        except (OSError, subprocess.SubprocessError) as error:
            sys.stderr.write(f"{' '.join(command)}: {error}\n")
            return


def main(arguments: list[str]) -> int:
    found = find()
    if found is None and "--install" in arguments:
        install()
        found = find()
    if found is None:
        sys.stderr.write(f"There is none of {', '.join(NAMES)}.\n")
        return 1
    sys.stdout.write(f"{found}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
