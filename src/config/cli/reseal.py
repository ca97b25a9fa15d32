"""`citydesk reseal`: seal what is kept under an older secret key under the current one.

Second factors, secrets of programs and switches, keys to other systems, words in saved views. Older keys come from
`CITYDESK_OLD_SECRET_KEYS`, as for the web server, and from `--old-keys FILE`, one a line; never from the command line,
which other people of the host can read. What the current key opens stays as it is, so a run that was stopped is simply
run again. `docs/howto/secret-key.md` says the whole change.

Exit codes: 0 done, 1 something is sealed that no key opens (it is named and stays; the rest is done), 2 wrong use, 3
the file of keys was refused, 4 the database cannot be reached.
"""

import argparse
import getpass
import stat
from dataclasses import asdict
from pathlib import Path
from typing import Any


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--old-keys", type=Path, metavar="FILE", help="older keys, one a line, closed to everybody else"
    )
    parser.add_argument("--dry", action="store_true", help="only count")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace, console: Any) -> int:
    """Seal anew, and say of each kind how many; name what no key opens."""
    from config.cli.main import set_up_django

    older = keys_of(given.old_keys) if given.old_keys else []
    set_up_django()
    from django.conf import settings

    from citydesk.kernel.actors import Actor, ActorKind
    from citydesk.kernel.clock import utc_now
    from citydesk.kernel.resealing import reseal

    known = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    settings.SECRET_KEY_FALLBACKS = [*known[1:], *(key for key in older if key not in known)]
    actor = Actor(ActorKind.SYSTEM, None, f"Resealing by {getpass.getuser()}")
    with console.progress("Counting" if given.dry else "Sealing anew") as step:
        found = reseal(actor=actor, now=utc_now(), is_dry=given.dry, advance=step.advance)
    refused = sum(len(one.refused) for one in found)
    figures = {
        "is_dry": given.dry,
        "older_keys": len(settings.SECRET_KEY_FALLBACKS),
        "current": sum(one.current for one in found),
        "resealed": sum(one.resealed for one in found),
        "refused": refused,
    }
    console.report({**figures, "kinds": [asdict(one) for one in found]}, words_of(found, is_dry=given.dry))
    return 1 if refused else 0


def words_of(found: Any, *, is_dry: bool) -> str:
    """A line for each kind, and one for each row that no key opens."""
    done = "would be sealed anew" if is_dry else "sealed anew"
    lines = []
    for one in found:
        lines.append(f"{one.words}: {one.resealed} {done}, {one.current} under the current key already")
        lines += [f"  no key opens number {row.id}: {row.name}" for row in one.refused]
    if any(one.refused for one in found):
        lines.append("Give the key they were sealed with, or have them set up anew: docs/howto/secret-key.md")
    return "\n".join(lines)


def keys_of(file: Path) -> list[str]:
    """The keys of a file, one a line. Raises `Invalid` for a file that others can read, or that has none."""
    from citydesk.kernel.errors import Invalid

    try:
        if file.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
            raise Invalid(f"Everybody on this host can read {file}. Run: chmod o-rw {file}")
        keys = [line.strip() for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(f"{file} cannot be read.") from error
    if not keys:
        raise Invalid(f"{file} holds no key.")
    return keys
