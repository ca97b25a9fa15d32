"""`citydesk practice create|refresh|remove`: a marked copy of the city, with invented people, where nothing is sent."""

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from config.practice import place
from config.practice.build import REQUESTS, build, new_password


def register(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="verb", required=True)
    create = verbs.add_parser("create", help="make the practice city: profile, invented people, a small invented year")
    create.add_argument("--city", default="", help="folder in profiles/ (default: the first that is marked sample)")
    create.add_argument("--requests", type=int, default=REQUESTS, help=f"of the invented year (default {REQUESTS})")
    create.set_defaults(run=run_create)
    refresh = verbs.add_parser("refresh", help="throw away what was practiced and begin anew, in seconds")
    refresh.set_defaults(run=run_refresh)
    remove = verbs.add_parser("remove", help="drop the practice city, its copy and its files")
    remove.set_defaults(run=run_remove)
    inner = verbs.add_parser("build", help="used by create: fill the database this process is started on")
    inner.add_argument("folder", type=Path)
    inner.set_defaults(run=run_build)


def city_url() -> str:
    """The city's own database; only its name and server are used, nothing in it is read."""
    from config.launcher import database_url

    return database_url()


def run_create(given: argparse.Namespace, console: Any) -> int:
    """Build the clean copy, then the practice city from it."""
    from config.cli.demo import profile_folder
    from config.launcher.errors import LauncherRefused

    city = city_url()
    practice, clean = place.practice_url(city), place.clean_url(city)
    if place.exists(practice) and not place.is_empty(practice):
        place.require_practice(practice)
        raise LauncherRefused(f"There is a practice city already ({place.name_of(practice)}): refresh or remove it.")
    folder = profile_folder(given.city)
    for url in (practice, clean):
        place.drop(url)
    place.make(clean)
    made = fill(clean, folder, given.requests)
    place.make(practice, template=place.name_of(clean))
    words = "\n".join(f"  {one['role']:<24}{one['username']:<24}{one['password']}" for one in made)
    console.report(
        {"database": place.name_of(practice), "city": folder.name, "sign_ins": made},
        f"The practice city is there, in {place.name_of(practice)}. Serve it: citydesk serve --practice\n\n{words}",
    )
    return 0


def fill(url: str, folder: Path, requests: int) -> list[dict[str, str]]:
    """Run the building in a process of its own that knows only the practice database."""
    command = [sys.executable, "-m", "config.cli", "practice", "build", str(folder), "--json"]
    own = place.environment(url, requests=requests) | {"CITYDESK_DEMO_PASSWORD": new_password()}
    done = subprocess.run(command, env=os.environ | own, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.returncode)
    return list(json.loads(done.stdout)["sign_ins"])


def run_build(given: argparse.Namespace, console: Any) -> int:
    """The inner part of `create`."""
    if os.environ.get("CITYDESK_PRACTICE") != "1" or not place.is_empty(os.environ.get("DATABASE_URL", "")):
        console.say("This is a part of: citydesk practice create. It fills an empty practice database alone.")
        return 3
    sign_ins = build(console, given.folder)
    console.report({"sign_ins": sign_ins}, "built")
    return 0


def run_refresh(given: argparse.Namespace, console: Any) -> int:
    """Drop the practice city and copy the clean one again."""
    city = city_url()
    practice, clean = place.practice_url(city), place.clean_url(city)
    if not place.exists(clean):
        console.say("There is no practice city yet. Run: citydesk practice create")
        return 1
    place.require_practice(clean)
    place.drop(practice)
    place.make(practice, template=place.name_of(clean))
    console.report({"database": place.name_of(practice)}, f"{place.name_of(practice)} is as it was on its first day.")
    return 0


def run_remove(given: argparse.Namespace, console: Any) -> int:
    """Drop both databases and the folder of files."""
    city = city_url()
    dropped = [place.name_of(url) for url in (place.practice_url(city), place.clean_url(city)) if place.drop(url)]
    if place.folder().is_dir():
        shutil.rmtree(place.folder())
    console.report({"dropped": dropped}, f"Dropped: {', '.join(dropped)}." if dropped else "There was none.")
    return 0
