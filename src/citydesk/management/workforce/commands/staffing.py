"""`citydesk staff required`: how many people a load needs, with what stands behind the number.

`agents` are to be rostered: with `--shrinkage` more than the `net` that must be at work at the same time. `asa` is the
mean wait of all callers in seconds, `wait_of_answered` that of those answered; null where the line grows without end.
"""

from argparse import ArgumentParser, Namespace
from typing import Any

from citydesk.contact.traffic.choices import Formula
from citydesk.kernel.command_line import Console, Exit, verbs_of
from citydesk.management.workforce import labels
from citydesk.management.workforce.queries.words import explanation
from citydesk.management.workforce.rules.erlang_a import wait_of_answered
from citydesk.management.workforce.rules.loads import Load, load_of
from citydesk.management.workforce.rules.requirement import SHORT, Goal, Requirement, Row, levels, neighbors, required

MINUTE = 60.0
# What a simulation of one interval runs for so that its start does not matter, in handle times.
_WARM_UP, _SPAN = 10.0, 60.0


def register(subparsers: Any) -> None:
    """Add `staff required`."""
    kinds = verbs_of(subparsers, "staff", "how many people must be there")
    words = "the least number of people that meets a service level"
    verb = kinds.add_parser("required", help=words, description=words[0].upper() + words[1:] + ".")
    _add_load(verb)
    _add_goal(verb)
    verb.add_argument("--simulate", action="store_true", help="check the answer by simulation (lognormal handle time)")
    verb.add_argument("--seed", type=int, default=1, help="seed of the simulation (default 1)")
    verb.set_defaults(run=run_required)


def _add_load(verb: ArgumentParser) -> None:
    verb.add_argument("--volume", type=float, required=True, help="contacts that come in the interval")
    verb.add_argument("--interval", type=float, required=True, help="minutes of the interval")
    verb.add_argument("--aht", type=float, required=True, help="mean handle time: talk, hold and work after, seconds")
    verb.add_argument("--patience", type=float, help="mean patience in seconds (default: nobody hangs up)")


def _add_goal(verb: ArgumentParser) -> None:
    verb.add_argument("--target", type=float, required=True, help="the share to be reached, such as 0.8")
    verb.add_argument("--threshold", type=float, required=True, help="seconds within which")
    verb.add_argument("--shrinkage", type=float, default=0.0, help="share of paid time away from contacts (default 0)")
    names = ", ".join(Formula)
    verb.add_argument(
        "--formula", type=Formula, choices=list(Formula), default=Formula.STRICT, metavar="NAME", help=f"one of {names}"
    )
    verb.add_argument("--short", type=float, default=SHORT, help="seconds under which a hang-up is short (default 5)")
    verb.add_argument("--most-busy", type=float, help="bound on occupancy, such as 0.85 (default: none)")


def run_required(given: Namespace, console: Console) -> int:
    """Print the requirement, its table of neighbors and the sentence that explains it."""
    load = load_of(given.volume, given.interval * MINUTE, given.aht, given.patience)
    goal = Goal(given.target, given.threshold, given.formula, given.short, given.most_busy)
    found = required(load, goal, given.shrinkage)
    rows = neighbors(load, goal, found.agents)
    data = _facts(found, rows)
    if given.simulate:
        data["simulated"] = _simulated(load, goal, found.agents, given.seed)
    console.report(data, _words(data))
    return Exit.OK


def _facts(found: Requirement, rows: list[Row]) -> dict[str, Any]:
    figures, goal = found.figures, found.goal
    waited = figures.wait
    if found.load.patience is not None:
        waited = wait_of_answered(found.load, found.agents)
    return {
        "agents": found.rostered,
        "net": found.agents,
        "service_level": found.service_level,
        "occupancy": figures.occupancy,
        "abandoned": figures.abandoned,
        "asa": figures.wait,
        "wait_of_answered": waited,
        "waits": figures.waits,
        "erlangs": found.load.erlangs,
        "model": "erlang_c" if found.load.patience is None else "erlang_a",
        "formula": str(goal.formula),
        "service_levels": {str(one): level for one, level in levels(found.load, found.agents, goal).items()},
        "table": [_row(one) for one in rows],
        "explanation": explanation(found, rows),
    }


def _row(row: Row) -> dict[str, Any]:
    figures = row.figures
    return {
        "agents": row.agents,
        "service_level": row.service_level,
        "occupancy": figures.occupancy,
        "abandoned": figures.abandoned,
        "asa": figures.wait,
        "stable": figures.is_stable,
        "meets": row.meets,
    }


def _simulated(load: Load, goal: Goal, agents: int, seed: int) -> dict[str, Any]:
    """The same people with lognormal handle times, simulated; share answered in time of all offered."""
    from citydesk.management.workforce.engines.simulation import Group, Stream, simulate

    if not agents:
        return {}
    span = load.handle * (_WARM_UP + _SPAN)
    stream = Stream("contacts", (load.rate,), load.handle, load.patience)
    found = simulate(
        [stream],
        [Group(frozenset({"contacts"}), (agents,))],
        interval=span,
        threshold=goal.threshold,
        seed=seed,
        warm_up=load.handle * _WARM_UP,
    )["contacts"]
    return {
        "answered_within": found.answered_within.mean,
        "standard_error": found.answered_within.error,
        "abandoned": found.abandoned.mean,
        "asa": found.wait.mean,
        "seed": seed,
    }


def _words(data: dict[str, Any]) -> str:
    lines = [
        data["explanation"],
        f"To be rostered: {data['agents']}. Service level: {labels.FORMULA[data['formula']]}.",
    ]
    lines += ["", f"{'people':>8} {'level %':>8} {'busy %':>8} {'lost %':>8} {'wait s':>8}"]
    for row in data["table"]:
        wait = "no end" if row["asa"] is None else f"{row['asa']:.1f}"
        mark = " <" if row["agents"] == data["net"] else ""
        shares = "".join(f" {labels.percent(row[one]):>8}" for one in ("service_level", "occupancy", "abandoned"))
        lines.append(f"{row['agents']:>8}{shares} {wait:>8}{mark}")
    if data.get("simulated"):
        said = data["simulated"]
        lines += ["", f"Simulated (seed {said['seed']}): {labels.percent(said['answered_within'])} % answered in time,"]
        lines[-1] += f" standard error {labels.percent(said['standard_error'] or 0.0)}."
    return "\n".join(lines)
