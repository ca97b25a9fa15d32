"""One run: each size is loaded into a database of its own and measured, then what has sizes of its own."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from tests.bench import cost
from tests.bench.database import load_city, own_database, prepare_process, room_left, size_of_database
from tests.bench.figures import Figure, at_most
from tests.bench.noise import Quiet, look, speed_of

# Measured at every size, and once a run with sizes of their own.
SIZED = ("queue", "request", "intake", "draft", "search", "nearby", "import", "served", "helpdesk")
ALONE = ("places", "report", "staffing", "rosters", "traffic")
GROWTH = 1.2
GROWTH_FROM, GROWTH_TO = 1_000_000, 10_000_000
# Measured with the indexes, the write-ahead log and the sorting beside them.
BYTES_A_REQUEST, BYTES_A_FACT = 4_500, 900


@dataclass(frozen=True)
class Plan:
    """What is measured, and how much of everything there is."""

    sizes: list[int]
    chosen: list[str]
    city: str
    database: str
    is_kept: bool
    facts: int
    tickets: int
    addresses: int
    customers: int
    is_quick: bool = False
    roster_seconds: int = 600
    instances: tuple[int, ...] = ()  # of the published rosters; none named: all, and the desks
    is_lean: bool = False  # ten million requests for the queue need no contacts and no history beside them


class Run:
    """The figures so far, what they were measured on, and what failed."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.figures: list[dict[str, Any]] = []
        self.about: list[dict[str, Any]] = []
        self.missing: dict[str, str] = {}
        self.seen: Quiet | None = None
        self.teams = 20

    def measure(self, name: str, act: Callable[[], list[Figure]]) -> None:
        """Take one measure; one that fails must not cost an hour of the others, though the run ends with 1."""
        before, began = self._look(), time.perf_counter()
        try:
            found = act()
        except Exception as reason:
            self.missing[name] = f"{type(reason).__name__}: {reason}"
            print(f"{name}: not measured: {self.missing[name]}", flush=True)
            return
        after = self._look()
        print(
            f"{name}: {time.perf_counter() - began:.0f} s; others used {before.others}, {after.others} cores",
            flush=True,
        )
        self.keep(found, before, after)

    def _look(self) -> Quiet:
        """How the machine is; a quick run, which judges no times, rests and looks once for all its figures."""
        if not (self.plan.is_quick and self.seen):
            self.seen = look()
        return self.seen

    def keep(self, found: list[Figure], before: Quiet, after: Quiet) -> None:
        is_noisy = before.is_noisy or after.is_noisy
        others = max(before.others, after.others)
        for one in found:
            figure = {**one.as_dict(), "load": before.load, "others": others, "noisy": is_noisy}
            figure |= speed_of(one, before, after)
            if self.plan.is_quick and one.unit != "statements":
                # Small tables on a busy machine say nothing about time.
                figure |= {"target": None, "met": None, "met_at_reference": None}
            self.figures.append(figure)

    def value(self, name: str, rows: int) -> float | None:
        return next((one["value"] for one in self.figures if one["name"] == name and one["rows"] == rows), None)


def run_all(plan: Plan) -> tuple[list[dict[str, Any]], list[dict[str, Any]], dict[str, str]]:
    """(the figures, what they were measured on, what could not be measured and why)."""
    run = Run(plan)
    cost.is_quick = plan.is_quick
    _refuse_without_room(plan)
    if set(plan.chosen) & set(SIZED):
        for rows in plan.sizes:
            _measure_size(run, rows)
    for name in plan.chosen:
        if name in ALONE:
            _ALONE[name](run)
    _compare(run)
    return run.figures, run.about, run.missing


def _refuse_without_room(plan: Plan) -> None:
    """Say what the disk must hold at most at a time, and stop before the work when it cannot."""
    sizes = max(plan.sizes) * BYTES_A_REQUEST if set(plan.chosen) & set(SIZED) else 0
    wanted = max(sizes, plan.facts * BYTES_A_FACT if "report" in plan.chosen else 0)
    left = room_left()
    words = f"{wanted / 1e9:.1f} GB of disk are needed for a while; {left / 1e9:.1f} GB are free where the database is"
    print(words, flush=True)
    if not plan.is_kept and wanted > left:
        raise SystemExit(f"{words}. Make room or ask for fewer --rows.")


@contextmanager
def _database(name: str, *, is_kept: bool = False) -> Iterator[None]:
    """A migrated database that this process, and those it starts, work on."""
    with own_database(name, is_kept=is_kept) as url:
        prepare_process(url)
        from django.db import connection

        connection.close()
        connection.settings_dict["NAME"] = name
        if is_kept:
            from django.core.management import call_command

            call_command("migrate", verbosity=0)
        try:
            yield
        finally:
            connection.close()


def _measure_size(run: Run, rows: int) -> None:
    plan = run.plan
    # Databases that are kept stand side by side, so that one run can measure several sizes of earlier ones.
    name = f"{plan.database}_{rows}" if plan.is_kept and len(plan.sizes) > 1 else plan.database
    with _database(name, is_kept=plan.is_kept):
        from citydesk.kernel.clock import utc_now
        from config.cli.prepare import collect
        from tests.bench import load, machine
        from tests.bench.city import SEED

        began = time.perf_counter()
        _forget_city()
        if not load.is_filled(rows):
            load_city(plan.city)
            load.fill(rows, utc_now(), _Told(rows), _tables(plan))
        loaded = time.perf_counter() - began
        collect(Silent())
        run.teams = load.count_teams()
        run.about.append(machine.describe(rows, SEED, size_of_database()) | {"load_seconds": round(loaded, 1)})
        measures = _measures(plan)
        for one in plan.chosen:
            if one == "served":
                _measure_served(run, rows)
            elif one == "helpdesk":
                _measure_helpdesk(run, rows)
            elif one in measures:
                run.measure(one, lambda name=one: measures[name](rows))


def _tables(plan: Plan) -> tuple[str, ...]:
    from tests.bench import load

    return load.QUEUE_TABLES if plan.is_lean else load.TABLES


def _measure_served(run: Run, rows: int) -> None:
    """The house as it is served: one server for all that is asked of it."""
    from tests.bench import server

    with server.served() as pid:
        for name, act in server.measures(pid, rows, 3.0 if run.plan.is_quick else 10.0).items():
            run.measure(name, act)


def _measure_helpdesk(run: Run, rows: int) -> None:
    """Our pages at this size against its pages with the tickets it is asked to hold, by turns."""
    from tests.bench import helpdesk
    from tests.bench.helpdesk.turns import ROUNDS, measure_in_turns
    from tests.bench.load import words

    plan = run.plan
    given = {"tickets": plan.tickets, "teams": run.teams, "words": words()}

    def measure() -> list[Figure]:
        with helpdesk.site(f"{plan.database}_helpdesk", **given) as site:
            return measure_in_turns(site, rows, rounds=2 if plan.is_quick else ROUNDS)

    run.measure("helpdesk", measure)
    run.about.append({"rows": {"tickets": plan.tickets}, "packages": {"django-helpdesk": helpdesk.VERSION}})


def _measures(plan: Plan) -> dict[str, Callable[[int], list[Figure]]]:
    from tests.bench import bringing, intake, pages, work

    return {
        "queue": pages.measure_queue,
        "request": pages.measure_request,
        "intake": intake.measure_intake,
        "draft": work.measure_draft,
        "search": work.measure_search,
        "nearby": work.measure_nearby,
        "import": lambda rows: bringing.measure_import(rows, 1_000 if plan.is_quick else 20_000),
    }


def _places(run: Run) -> None:
    """Addresses found while typing and customers by any fragment, in a city as large as one is."""
    plan = run.plan
    with _database(f"{plan.database}_places"):
        from tests.bench import city
        from tests.bench.bulk import without_indexes
        from tests.bench.load import PEOPLE

        _forget_city()
        city.fill_addresses(plan.addresses)
        with without_indexes(PEOPLE, _Told(plan.customers)):
            city.fill_customers(plan.customers)
        run.measure("places", lambda: [*city.measure_places(), *city.measure_customers()])


def _report(run: Run) -> None:
    """Facts stand for themselves: ten million need no ten million requests."""
    plan = run.plan
    with _database(f"{plan.database}_report", is_kept=plan.is_kept):
        from config.cli.prepare import collect
        from tests.bench import machine, report

        began = time.perf_counter()
        _forget_city()
        if not report.is_filled(plan.facts):
            load_city(plan.city)
            report.fill(plan.facts, _Told(plan.facts))
        collect(Silent())
        print(f"report: filled in {time.perf_counter() - began:.0f} s", flush=True)
        about = machine.describe(0, 0, size_of_database()) | {"rows": {"facts": plan.facts}}
        run.about.append(about | {"load_seconds": round(time.perf_counter() - began, 1)})
        run.measure("report", lambda: report.measure_report(plan.facts))


def _staffing(run: Run) -> None:
    from config.launcher import database_url
    from config.roles import owners

    prepare_process(owners(database_url()))
    from tests.bench import staffing

    intervals = 1_000 if run.plan.is_quick else 10_000
    run.measure("staffing", lambda: staffing.measure_staffing(intervals))


def _rosters(run: Run) -> None:
    from config.launcher import database_url
    from config.roles import owners

    prepare_process(owners(database_url()))
    from tests.bench import rosters

    plan = run.plan
    run.measure("rosters", lambda: rosters.measure_rosters(plan.is_quick, plan.roster_seconds, plan.instances))


def _traffic(run: Run) -> None:
    """A switch's log brought in, and a year of facts counted anew."""
    plan = run.plan
    with _database(f"{plan.database}_traffic"):
        from tests.bench import board, traffic

        _forget_city()
        load_city(plan.city)
        sizes = (3_000, 10_000) if plan.is_quick else (300_000, 1_000_000)
        run.measure("traffic", lambda: traffic.measure_traffic(*sizes))
        run.measure("board", lambda: board.measure_board(sizes[1]))


_ALONE = {
    "places": _places,
    "report": _report,
    "staffing": _staffing,
    "rosters": _rosters,
    "traffic": _traffic,
}


def _compare(run: Run) -> None:
    """What needs two measures: growth from size to size."""
    sizes = sorted(set(run.plan.sizes))
    for small, large in pairwise(sizes):
        before, after = run.value("queue_cpu", small), run.value("queue_cpu", large)
        if before and after:
            target = GROWTH if small >= GROWTH_FROM and large <= GROWTH_TO else None
            said = f"CPU of the queue page at {large:,} requests over that at {small:,}"
            _join(run, [at_most("queue_growth", after / before, "times", target, large, said=said)], ["queue_cpu"])


def _join(run: Run, found: list[Figure], parts: list[str]) -> None:
    """A figure made of others is as noisy as the noisiest of them."""
    used = [one for one in run.figures if one["name"] in parts]
    others = max((one["others"] for one in used), default=0.0)
    before = Quiet(max((one["load"] for one in used), default=0.0), others)
    run.keep([replace(one) for one in found], before, before)
    for one in run.figures[len(run.figures) - len(found) :]:
        one["noisy"] = any(part["noisy"] for part in used)


def _forget_city() -> None:
    """What this process remembers of the database before."""
    from citydesk.city.profile import queries as profile
    from citydesk.contact.service_requests.queries import policy

    profile.refresh()
    policy.forget()


class _Told:
    """Progress of a load."""

    def __init__(self, whole: int) -> None:
        self.whole, self.began = whole, time.perf_counter()

    def __call__(self, done: int | str) -> None:
        spent = time.perf_counter() - self.began
        said = done if isinstance(done, str) else f"loaded {done:,} of {self.whole:,} rows"
        print(f"{spent:5.0f} s: {said}", flush=True)


class Silent:
    """A console for the steps that show progress."""

    def progress(self, *_words: Any, **_more: Any) -> Any:
        return nullcontext()
