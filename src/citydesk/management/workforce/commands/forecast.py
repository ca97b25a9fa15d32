"""`citydesk forecast backtest FILE`: how good the forecast would have been on a file of counts.

Days missing between other days are taken for closed, and known to be so beforehand, as a calendar would say.
"""

from argparse import Namespace
from pathlib import Path
from typing import Any

from citydesk.contact.traffic.rules import wilson
from citydesk.kernel.command_line import Console, Exit, verbs_of
from citydesk.kernel.errors import Invalid
from citydesk.management.workforce.rules.forecast.backtest import (
    Backtest,
    Method,
    Score,
    backtest,
    best,
    closed_between,
    last_week,
)
from citydesk.management.workforce.rules.forecast.calendar import calendar_of
from citydesk.management.workforce.rules.forecast.history import History
from citydesk.management.workforce.rules.forecast.reading import history_of


def register(subparsers: Any) -> None:
    """Add `forecast backtest`."""
    kinds = verbs_of(subparsers, "forecast", "what will come in")
    words = "try the forecast on the past of a file and compare it with simpler and other methods"
    verb = kinds.add_parser("backtest", help=words, description=words[0].upper() + words[1:] + ".")
    verb.add_argument("file", type=Path, help="CSV with a local time and a count on each line")
    verb.add_argument("--slot", type=int, default=30, help="minutes of a slot (default 30)")
    verb.add_argument("--horizon", type=int, default=10, help="open days ahead (default 10)")
    verb.add_argument("--step", type=int, default=1, help="open days from one origin to the next (default 1)")
    verb.add_argument("--challenger", action="store_true", help="try Holt and Winters as well (takes longer)")
    verb.set_defaults(run=run_backtest)


def run_backtest(given: Namespace, console: Console) -> int:
    """Print WAPE, bias, coverage, and each by days ahead."""
    history = _read(given.file, given.slot)
    dates = history.dates
    calendar = calendar_of(list(history.by_weekday), dates[0], dates[-1], closed_between(history))
    methods: dict[str, Method] = {"last_week": last_week}
    if given.challenger:
        from citydesk.management.workforce.engines.holt_winters import holt_winters

        methods["holt_winters"] = holt_winters
    with console.progress("Trying the forecast on the past"):
        tested = backtest(history, calendar, given.horizon, step=given.step, challengers=methods)
    data = _facts(tested)
    console.report(data, _words(data))
    return Exit.OK


def _read(path: Path, slot: int) -> History:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            history = history_of(file, slot)
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(f"{path} cannot be read as text.", field="file") from error
    if not history.dates:
        raise Invalid("No slot of the file is complete.", field="slot")
    return history


def _facts(tested: Backtest) -> dict[str, Any]:
    ours, simplest = tested.default.whole, tested.challengers["last_week"].whole
    better = None
    if ours.wape is not None and simplest.wape:
        better = 1.0 - ours.wape / simplest.wape
    return {
        **_scores(ours),
        "by_horizon": [{"horizon": ahead, **_scores(one)} for ahead, one in sorted(tested.default.by_horizon.items())],
        "better_than_last_week": better,
        "coverage_between": wilson(ours.covered, ours.ranged),
        "origins": len(tested.origins),
        "first_origin": tested.origins[0],
        "last_origin": tested.origins[-1],
        "slots": ours.slots,
        "methods": {name: _scores(one.whole) for name, one in tested.challengers.items()},
        "best": best(tested),
    }


def _scores(score: Score) -> dict[str, float | None]:
    return {"wape": score.wape, "bias": score.bias, "coverage": score.coverage}


def _words(data: dict[str, Any]) -> str:
    lines = [
        f"{data['origins']} origins, {data['first_origin']} to {data['last_origin']}; {data['slots']} slots foretold.",
        f"{'days ahead':>12} {'WAPE %':>8} {'bias %':>8} {'inside %':>9}",
        *(_line(str(one["horizon"]), one) for one in data["by_horizon"]),
        _line("all", data),
        *(_line(name, one) for name, one in data["methods"].items()),
        f"Better than the last same weekday by {_percent(data['better_than_last_week'])} %. Use: {data['best']}.",
    ]
    return "\n".join(lines)


def _line(name: str, scores: dict[str, Any]) -> str:
    inside = _percent(scores["coverage"])
    return f"{name:>12} {_percent(scores['wape'], 2):>8} {_percent(scores['bias'], 2):>8} {inside:>9}"


def _percent(share: float | None, digits: int = 1) -> str:
    return "-" if share is None else f"{100 * share:.{digits}f}"
