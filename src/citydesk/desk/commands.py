"""`citydesk import runs` and `citydesk import undo RUN`: what was brought over, and taking a run back.

Exit codes: 0 done, 1 something happened to rows of the run since (they are named, nothing was taken back), 3 refused.
"""

import getpass
from argparse import Namespace
from dataclasses import asdict
from typing import Any

from citydesk.desk.queries.imports import newest_runs
from citydesk.kernel.actors import Actor, ActorKind
from citydesk.kernel.clock import utc_now
from citydesk.kernel.command_line import Console, Exit, verbs_of
from citydesk.kernel.imports.undo import StillUsed, Undone, Used, undo_run

_TOLD = 40


def register(subparsers: Any) -> None:
    """Add `import runs` and `import undo`."""
    kinds = verbs_of(subparsers, "import", "bring data over from another system's export")
    words = "list the runs of imports, the newest first"
    verb = kinds.add_parser("runs", help=words, description=words[0].upper() + words[1:] + ".")
    verb.add_argument("--last", type=int, default=20, metavar="N", help="how many (default 20)")
    verb.set_defaults(run=run_list)
    words = "take a run of an import back, if nothing happened to its rows since"
    verb = kinds.add_parser("undo", help=words, description=words[0].upper() + words[1:] + ".")
    verb.add_argument("number", type=int, metavar="RUN", help="the run's number, see `citydesk import runs`")
    verb.add_argument("--reason", required=True, help="why; it is kept with the run")
    verb.add_argument("--leave-used", action="store_true", help="take back the others, leave what is used")
    verb.set_defaults(run=run_undo)


def run_list(given: Namespace, console: Console) -> None:
    """Print the newest runs."""
    rows = newest_runs(given.last)
    lines = [
        f"{one['id']:>6}  {one['started_at']:%Y-%m-%d %H:%M}  {one['kind']:<12} {one['state']:<8} "
        f"{one['rows_added']:>9,} added {one['rows_changed']:>7,} changed {one['rows_known']:>9,} known "
        f"{one['rows_bad']:>7,} bad  {one['source']}  {one['file_name']}  ({one['started_by']})"
        for one in rows
    ]
    console.report({"runs": rows}, "\n".join(lines) or "Nothing was imported yet.")


def run_undo(given: Namespace, console: Console) -> int:
    """Take a run back, or name what hinders it."""
    try:
        done = undo_run(
            run_id=given.number,
            reason=given.reason,
            leave_used=given.leave_used,
            actor=Actor(ActorKind.SYSTEM, None, f"Import by {getpass.getuser()}"),
            now=utc_now(),
        )
    except StillUsed as error:
        used = [asdict(one) for one in error.used]
        console.report({"run": given.number, "taken_back": 0, "used": used}, _named(str(error.message), error.used))
        return Exit.PROBLEMS
    console.report(asdict(done), _words(done))
    return Exit.OK


def _words(done: Undone) -> str:
    said = f"Run {done.run} ({done.kind}): {done.taken_back:,} rows taken back, {len(done.left):,} left."
    return _named(said, done.left)


def _named(said: str, used: tuple[Used, ...]) -> str:
    lines = [said, *(f"  {one.label} ({one.external_id}): {one.why}" for one in used[:_TOLD])]
    if len(used) > _TOLD:
        lines.append(f"  and {len(used) - _TOLD:,} more; --json lists all.")
    return "\n".join(lines)
