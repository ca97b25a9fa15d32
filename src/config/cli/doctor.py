"""`citydesk doctor`: looks at an installation from outside and says in words what is wrong and what to do."""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from config.doctor import inside, outside
from config.doctor.finding import BAD, OK, WARN, Finding

INSIDE = (
    inside.rights,
    inside.roles,
    inside.line,
    inside.migrations,
    inside.extensions,
    inside.practice,
    inside.profile,
    inside.people,
    inside.confidences,
    inside.worker,
    inside.jobs,
    inside.seal,
    inside.older_keys,
    inside.clock,
    inside.archive,
)
OUTSIDE = (
    outside.disk,
    outside.backup,
    outside.drill,
    outside.sealing,
    outside.kept,
    outside.mail,
    outside.tls,
    outside.time_service,
    outside.secrets,
    outside.assets,
)


def register(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run)


def run(given: argparse.Namespace, console: Any) -> int:
    """Exit code 0 when nothing is bad, 1 when something is, 4 when the database cannot be reached."""
    from config.cli.main import set_up_django

    set_up_django()
    findings = list(look())
    signs = {OK: "ok  ", WARN: "look", BAD: "BAD "}
    text = "\n".join(f"{signs[one.state]}  {one.name:<12} {one.words}" for one in findings)
    console.report({"findings": [asdict(one) for one in findings]}, text)
    if findings[0].state == BAD:
        return 4
    return 1 if any(one.state == BAD for one in findings) else 0


def look() -> Iterator[Finding]:
    """Every finding; what needs the database is left out when it cannot be reached."""
    first = inside.database()
    yield first
    if first.state != BAD:
        for check in INSIDE:
            yield tried(check)
    for check in OUTSIDE:
        yield tried(check)


def tried(check: Callable[[], Finding]) -> Finding:
    """A check that cannot run is itself a finding."""
    from django.db import Error

    try:
        return check()
    except (Error, OSError, ValueError, KeyError) as error:
        said = (str(error).strip() or type(error).__name__).splitlines()[0]
        return Finding(check.__name__, BAD, f"could not be looked at: {said}")
