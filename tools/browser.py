"""Finds the browser that tests drive: `python -m tools.browser`. As root on Debian it installs Chromium."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ADVICE = "No Chromium was found. Run: sudo apt-get install --no-install-recommends chromium"


def find_browser() -> str:
    """The path of Chromium (CITYDESK_BROWSER names another), or an empty text."""
    named = os.environ.get("CITYDESK_BROWSER")
    return named or next((path for name in NAMES if (path := shutil.which(name))), "")


def install() -> bool:
    """Install Debian's Chromium when we may; returns whether it is there afterwards."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
        subprocess.run(["apt-get", *command], env=environment, check=False, stdout=subprocess.DEVNULL)
    return bool(find_browser())


def main() -> int:
    if find_browser() or install():
        return 0
    print(ADVICE, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
