"""`citydesk demo`: a demo city, ready to sign in to. Run again, it starts quickly and keeps what was done in it."""

import argparse
import os
import sys
import tomllib
from contextlib import redirect_stdout
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from config.cli.serve import add_address, already_runs, stop_own_database, supervise
from config.launcher.errors import LauncherRefused
from config.launcher.processes import Part
from config.launcher.server import ROOT


def register(parser: argparse.ArgumentParser) -> None:
    add_address(parser)
    parser.add_argument("--city", default="", help="folder in profiles/ (default: the first that is marked sample)")
    parser.add_argument("--build-only", action="store_true", help="make the city, start nothing")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace, console: Any) -> int:
    """Build the city where it is missing, then serve it."""
    from config.cli.prepare import prepare
    from config.launcher.server import refuse_production

    refuse_production()
    # Sample people may work without a second factor, here and in the processes beside (docs/rules/sign-in.md).
    os.environ.setdefault("CITYDESK_DEMO", "1")
    if not given.build_only and already_runs(console):
        return 0
    folder = profile_folder(given.city)
    try:
        prepare(console)
        load_profile(folder, console)
        sign_ins = build_year(console)
    except BaseException:
        # Ctrl-C in the middle of it, too, leaves nothing running.
        stop_own_database()
        raise
    if given.build_only:
        console.report({"city": folder.name, "sign_ins": sign_ins}, words_of(sign_ins) or "The demo city is ready.")
        return 0

    def announce(url: str) -> None:
        console.report(
            {"url": url, "sign_ins": sign_ins}, f"\nCitydesk runs at {url}\n\n{words_of(sign_ins)}\nCtrl-C stops it."
        )

    return supervise(console, given.host, given.port, 2, 4, announce, beside=ringing())


def ringing() -> list[Part]:
    """The process by which the demo's telephone goes on ringing; none in an install without the demo."""
    if not find_spec("config.demo"):
        return []
    return [Part("ringing", [sys.executable, "-m", "config.demo.feed"], {"DJANGO_SETTINGS_MODULE": "config.settings"})]


def profile_folder(city: str) -> Path:
    """The profile named, else the first whose city.toml says `sample = true`. Raises `LauncherRefused` without one."""
    profiles = Path(os.environ.get("CITYDESK_PROFILES", ROOT / "profiles"))
    for file in sorted(profiles.glob(f"{city or '*'}/city.toml")):
        if city or tomllib.loads(file.read_text())["city"].get("sample"):
            return file.parent
    raise LauncherRefused(f"There is no profile {city or 'of a sample city'} in {profiles}.")


def load_profile(folder: Path, console: Any) -> None:
    """`citydesk profile load`, through the same door as the command.

    Standard output is for the demo's own result, so what the load changed is said on standard error.
    """
    from config.cli.main import run as run_command

    with console.progress(f"Loading the profile {folder.name}"), redirect_stdout(sys.stderr):
        code = run_command(["profile", "load", str(folder), "--yes"], "profile")
    if code:
        raise SystemExit(code)


def build_year(console: Any) -> list[dict[str, str]]:
    """People, contacts, requests and work orders of a year, made once; returns one sign-in for each role."""
    if not find_spec("config.demo"):
        return []
    from config.demo import build  # type: ignore[import-not-found,unused-ignore]  # left out of a small install

    return list(build(console=console))


def words_of(sign_ins: list[dict[str, str]]) -> str:
    """One line for each role: who it is, name and password."""
    if not sign_ins:
        return ""
    lines = [f"  {one['role']:<24}{one['username']:<24}{one['password']}" for one in sign_ins]
    return "\n".join([f"  {'Sign in as':<24}{'name':<24}password", *lines]) + "\n"
