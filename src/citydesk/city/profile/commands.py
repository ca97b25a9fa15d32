"""`citydesk profile check|diff|load FOLDER`.

check: read everything, compute the worked examples, say what is wrong. diff: what a load would change. load: show it
and write it. Exit codes: 0 done, 1 `check` found files that no room reads, 3 refused (nothing was written).
"""

import getpass
import sys
from argparse import Namespace
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from citydesk.city.profile import services
from citydesk.city.profile.choices import ChangeKind
from citydesk.city.profile.rules import ALWAYS, Change, Checked, ProfileRefused, differences
from citydesk.city.profile.services import Plan
from citydesk.kernel.actors import Actor, ActorKind
from citydesk.kernel.clock import utc_now
from citydesk.kernel.command_line import Console, Exit, day

_SIGNS = {ChangeKind.ADDED: "+", ChangeKind.CHANGED: "~", ChangeKind.CLOSED: "-"}
_WORDS = {ChangeKind.ADDED: "only here", ChangeKind.CHANGED: "different", ChangeKind.CLOSED: "only there"}


def register(subparsers: Any) -> None:
    """Add `profile` with its verbs."""
    parser = subparsers.add_parser("profile", help="check, compare or load a city profile")
    verbs = parser.add_subparsers(dest="verb", metavar="verb", required=True)
    for name, words, run in (
        ("check", "read and check a profile and compute its worked examples", run_check),
        ("diff", "show what loading would change", run_diff),
        ("load", "check, show the changes, write them", run_load),
    ):
        verb = verbs.add_parser(name, help=words, description=words[0].upper() + words[1:] + ".")
        verb.add_argument("folder", type=Path, help="a folder such as profiles/<city>")
        if name != "check":
            verb.add_argument(
                "--effective", type=day, help="first day of the changes (default: today; first load: always)"
            )
            verb.add_argument("--drop-planned", action="store_true", help="give up values already planned for later")
        if name == "diff":
            verb.add_argument("--with", dest="other", type=Path, help="compare with another folder, not the database")
        if name == "load":
            verb.add_argument("--yes", action="store_true", help="do not ask before values in force are replaced")
        verb.set_defaults(run=run)


def run_check(given: Namespace, console: Console) -> int:
    """Say whether a profile holds."""
    checked = _checked(given.folder, console)
    if checked is None:
        return Exit.REFUSED
    counts = {section: len(items) for section, items in sorted(checked.items.items())}
    lines = [f"{checked.folder.name} holds: {sum(counts.values())} entries in {len(counts)} sections."]
    lines += [f"  {count:>6}  {section}" for section, count in counts.items()]
    lines += [f"No room reads {file}." for file in checked.unread]
    result = {"profile": checked.folder.name, "digest": checked.folder.digest(), "entries": counts}
    console.report({**result, "unread": list(checked.unread), "problems": []}, "\n".join(lines))
    return Exit.PROBLEMS if checked.unread else Exit.OK


def run_diff(given: Namespace, console: Console) -> int:
    """Show what a load would change, or how one folder differs from another; nothing is written."""
    checked = _checked(given.folder, console)
    other = _checked(given.other, console) if given.other else None
    if checked is None or (given.other and other is None):
        return Exit.REFUSED
    if other is not None:
        return _compare(other, checked, given.effective or utc_now().date(), console)
    plan = _plan(given, checked)
    console.report(_as_data(plan), _as_text(plan))
    return Exit.OK


def _compare(other: Checked, checked: Checked, on: date, console: Console) -> int:
    """What is new, different or missing in a folder beside another, as both hold on a day."""
    changes = differences(other.snapshot(), checked.snapshot(), on)
    counts = Counter(change.kind for change in changes)
    words = ", ".join(f"{counts[kind]} {word}" for kind, word in _WORDS.items())
    lines = [*map(_line, changes), f"{checked.folder.name} beside {other.folder.name}: {words}."]
    rows = [{"kind": one.kind, "section": one.section, "code": one.code} for one in changes]
    console.report({"counts": {kind: counts[kind] for kind in _WORDS}, "changes": rows}, "\n".join(lines))
    return Exit.OK


def run_load(given: Namespace, console: Console) -> int:
    """Write a profile, after showing what changes."""
    checked = _checked(given.folder, console)
    if checked is None:
        return Exit.REFUSED
    plan = _plan(given, checked)
    if not given.yes and not _agreed(plan, console):
        console.say("Nothing was written.")
        return Exit.REFUSED
    result = services.load_profile(
        checked=checked,
        effective=given.effective,
        actor=Actor(ActorKind.SYSTEM, None, f"command line ({getpass.getuser()})"),
        now=utc_now(),
        drop_planned=given.drop_planned,
    )
    for file in checked.unread:
        console.say(f"No room reads {file}.")
    console.report({**_as_data(result.plan), "load_id": result.load_id}, _as_text(result.plan))
    return Exit.OK


def _checked(path: Path, console: Console) -> Checked | None:
    try:
        return services.check_folder(folder=services.read_folder(path=path))
    except ProfileRefused as refused:
        listed = [{"file": one.file, "line": one.line, "reason": one.reason} for one in refused.problems]
        text = "\n".join(f"{path / one.file}:{one.line}: {one.reason}" for one in refused.problems)
        console.report({"profile": path.name, "problems": listed}, f"{text}\n{refused.message} Nothing was written.")
        return None


def _plan(given: Namespace, checked: Checked) -> Plan:
    return services.plan_load(
        checked=checked, effective=given.effective, now=utc_now(), drop_planned=given.drop_planned
    )


def _agreed(plan: Plan, console: Console) -> bool:
    """Ask a person at a terminal before values in force are replaced; a script has said what it wants."""
    replaces = any(change.kind != ChangeKind.ADDED for change in plan.changes)
    if not replaces or not sys.stdin.isatty():
        return True
    console.say(_as_text(plan))
    sys.stderr.write("Write these changes? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _as_data(plan: Plan) -> dict[str, Any]:
    return {
        "effective": "always" if plan.effective == ALWAYS else plan.effective,
        "counts": plan.counts(),
        "changes": [
            {
                "kind": change.kind,
                "section": change.section,
                "code": change.code,
                "on": _since(change),
                "before": change.before,
                "after": change.after,
            }
            for change in plan.changes
        ],
    }


def _as_text(plan: Plan) -> str:
    if not plan.changes:
        return "Nothing changes: the database has this profile."
    counts = plan.counts()
    is_first = plan.effective == ALWAYS
    lines = _sections(plan) if is_first else [_line(change) for change in plan.changes]
    words = f"{counts['added']} added, {counts['changed']} changed, {counts['closed']} closed"
    since = "always" if is_first else plan.effective.isoformat()
    return "\n".join([*lines, f"{words}, in force from {since}."])


def _sections(plan: Plan) -> list[str]:
    """A first load in short: how many entries each section gets."""
    counts = Counter(change.section for change in plan.changes)
    return [f"+ {count:>6}  {section}" for section, count in sorted(counts.items())]


def _line(change: Change) -> str:
    line = f"{_SIGNS[change.kind]} {change.section} {change.code}"
    if change.on != ALWAYS:
        line += f" from {change.on.isoformat()}"
    if change.kind == ChangeKind.CHANGED:
        before, after = change.before or {}, change.after or {}
        line += "".join(
            f"\n    {key}: {_short(before.get(key))} -> {_short(after.get(key))}" for key in change.changed_keys()
        )
    return line


def _short(value: Any) -> str:
    text = "nothing" if value is None else str(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _since(change: Change) -> str:
    return "always" if change.on == ALWAYS else change.on.isoformat()
