"""`citydesk upgrade FOLDER`: from the release that runs to the one in FOLDER, while people work.

1. preflight: the new program starts here, the disk has room, nobody holds the tables, the last upgrade is finished
2. backup
3. expand: the migrations that the old program can live with, each giving up on a lock after two seconds
4. `current` leads to the new release; web workers are replaced one by one, worker and event process start anew
5. contract: what only the old program needed goes when you say so (`citydesk upgrade --finish`), or with the next one

Until then `citydesk upgrade --back` returns to the release before without touching the database.
Exit codes: 0 done, 1 the new release did not come up and the old one runs again, 3 refused by the preflight, 4 a step
failed.
"""

import argparse
import os
from pathlib import Path
from typing import Any

from config.install.units import BACKUPS, CURRENT
from config.launcher.errors import LauncherRefused
from config.upgrade.release import Release
from config.upgrade.services import Services

LEAST_FREE = 0.10
LONG_SECONDS = 60


def register(parser: argparse.ArgumentParser) -> None:
    say = parser.add_argument
    say("folder", type=Path, nargs="?", help="the new release, made ready with `make production`")
    say("--check", action="store_true", help="preflight only")
    say("--finish", action="store_true", help="contract: take away what only the release before needed")
    say("--back", action="store_true", help="return to the release before")
    say("--no-backup", action="store_true", help="you have one of the last minutes")
    # What one release asks of another.
    say("--look", action="store_true", help=argparse.SUPPRESS)
    say("--boot", action="store_true", help=argparse.SUPPRESS)
    say("--current", type=Path, default=Path(CURRENT), help=f"the link to the release that runs (default {CURRENT})")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace, console: Any) -> int:
    """Do what was asked."""
    from citydesk.kernel.errors import Invalid

    if given.look or given.boot:
        console.report(look() if given.look else boot(), "")
        return 0
    if sum((bool(given.folder), given.finish, given.back)) != 1:
        raise Invalid("Give the new release's folder, or --finish, or --back.")
    if given.finish:
        return finish(Release(Path(os.path.realpath(given.current))), console)
    previous = given.current.with_name("previous")
    if given.back:
        return change_over(given.current, Release(Path(os.path.realpath(previous))), Services(), console)
    new = Release(given.folder.resolve())
    return upgrade(given, new, console)


def upgrade(given: argparse.Namespace, new: Release, console: Any) -> int:
    """The five steps."""
    from citydesk.kernel.errors import Invalid, ManyInvalid

    services = Services()
    with console.progress("Looking"):
        running = Release(Path(os.path.realpath(given.current)))
        plan, is_unfinished, wrong = preflight(running, new, services)
        if wrong:
            raise ManyInvalid([Invalid(words) for words in wrong])
    if given.check:
        console.report({"migrations": plan, "faults": []}, f"{new.folder} may take over; {len(plan)} migrations.")
        return 0
    if is_unfinished:
        finish(running, None)
    if not given.no_backup:
        with console.progress("Backing up"):
            folder = os.environ.get("CITYDESK_BACKUPS", BACKUPS)
            running.do("backup", "--into", folder)
    with console.progress(f"Expanding the database ({len(plan)} migrations)"):
        new.do("migrate", "--phase", "expand", "--assets")
    return change_over(given.current, new, services, console, plan)


def preflight(running: Release, new: Release, services: Services) -> tuple[list[str], bool, list[str]]:
    """The migrations that wait, whether the last upgrade left some, and what must be mended first."""
    wrong = running.faults() or new.faults()
    if wrong:
        return [], False, wrong
    try:
        plan = new.do("upgrade", "--boot")["migrations"]
    except LauncherRefused as refusal:
        return [], False, [f"The new program does not start here. {refusal}"]
    # Asked with the services' rights: root itself has no business in the database.
    seen = running.do("upgrade", "--look")
    if not services.are_known:
        wrong.append("No Citydesk runs here under systemd or `citydesk serve --all`.")
    elif not services.is_ready():
        wrong.append("The release that runs is not ready itself. See: citydesk doctor")
    return plan, bool(seen["unfinished"]), [*wrong, *seen["faults"]]


def boot() -> dict[str, Any]:
    """Start as the web server would; the migrations that this release would apply first."""
    from django.urls import get_resolver

    import config.wsgi  # noqa: F401 - it sets Django up
    from config.cli.prepare import waiting

    get_resolver().url_patterns  # noqa: B018 - every address is read
    return {"migrations": [f"{one.app_label}.{one.name}" for one in waiting("expand")]}


def look() -> dict[str, Any]:
    """What keeps the disk or the database from being changed now, and what the last upgrade left."""
    from config.cli.main import set_up_django
    from config.cli.prepare import waiting

    set_up_django()
    return {"faults": [*full_disks(), *long_transactions()], "unfinished": [str(one) for one in waiting()]}


def full_disks() -> list[str]:
    from django.conf import settings

    from citydesk.kernel.health import free_share

    free = free_share(Path(settings.VAR_DIR))
    return [f"Only {free:.0%} of the disk is free; a tenth is asked."] if free < LEAST_FREE else []


def long_transactions() -> list[str]:
    """Who has held the tables for longer than a migration would wait."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid, application_name, extract(epoch FROM now() - xact_start)::int FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND xact_start < now() - make_interval(secs => %s)",
            [LONG_SECONDS],
        )
        rows = cursor.fetchall()
    words = "Database process {} ({}) has held a transaction for {} s."
    return [words.format(pid, name or "no name", age) for pid, name, age in rows]


def finish(release: Release, console: Any) -> int:
    """Contract: apply what the release that runs left for later."""
    done = release.do("migrate", "--phase", "contract")
    if console:
        console.report(done, f"{done['applied']} migrations applied." if done["applied"] else "Nothing was left.")
    return 0


def change_over(current: Path, new: Release, services: Services, console: Any, plan: list[str] | None = None) -> int:
    """Lead `current` to a release and let the processes follow; back again when it does not come up."""
    old = Release(Path(os.path.realpath(current)))
    lead(current.with_name("previous"), old.folder)
    lead(current, new.folder)
    with console.progress("Changing over"):
        replaced, fault = follow(old, new, services)
    if fault:
        lead(current, old.folder)
        follow(new, old, services)
        console.report({"release": str(old.folder), "fault": fault}, f"{fault}\n{old.folder} runs again.")
        return 1
    facts = {"release": str(new.folder), "before": str(old.folder), "migrations": plan or [], "web_workers": replaced}
    words = f"{new.folder} runs. Go back with: citydesk upgrade --back. When it has proved itself: --finish"
    console.report(facts, words)
    return 0


def lead(link: Path, folder: Path) -> None:
    """Lead a link to a folder in one step."""
    fresh = link.with_name(f".{link.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(folder)
    fresh.replace(link)


def follow(old: Release, new: Release, services: Services) -> tuple[int, str]:
    """Web workers one by one, then worker and event process; how many workers, and what went wrong if anything did."""
    try:
        # The main process stays the old one: it may only be kept when it and its new workers are made alike.
        if (old.version_of("granian"), old.minor()) == (new.version_of("granian"), new.minor()):
            replaced = services.reload_web()
        else:
            replaced = int(services.restart("web"))
        for name in ("worker", "events"):
            services.restart(name)
    except LauncherRefused as refusal:
        return 0, str(refusal)
    return replaced, ""
