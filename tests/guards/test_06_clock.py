"""Guard 6: below views, tasks and commands nobody looks at the clock; the moment is handed in as `now`."""

import re

from tests.guards.house import SOURCE, at, called, calls, imports, none_of, plant, shelf_files, texts

BELOW = ("rules", "engines", "events", "choices", "labels", "models", "queries", "services")
LOOKS = re.compile(
    r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns|localtime|gmtime)|timezone\.(now|localdate)"
    r"|utc_now)$"
)
IN_SQL = re.compile(r"\b(now\(\)|current_(date|time|timestamp)\b|(statement|clock|transaction)_timestamp\(\))", re.I)
SQL = re.compile(r"\b(SELECT|INSERT|UPDATE|DELETE|WHERE|CREATE|SET)\b")


def faults_in(source):
    for file in shelf_files(source, *BELOW):
        tree = file.tree()
        for node in calls(tree):
            if LOOKS.search(called(node)) or called(node) in ("Now", "functions.Now"):
                yield f"{at(file, node)} looks at the clock ({called(node)})"
            if any(word.arg in ("auto_now", "auto_now_add") for word in node.keywords):
                yield f"{at(file, node)} lets Django look at the clock (auto_now)"
        for node, name in imports(tree):
            if name in ("django.db.models.functions.Now", "time.time", "citydesk.kernel.clock.utc_now"):
                yield f"{at(file, node)} imports the clock ({name})"
        for text in texts(tree):
            if SQL.search(text.value) and IN_SQL.search(text.value):
                yield f"{at(file, text)} lets the database look at the clock"


def test_nobody_below_the_views_looks_at_the_clock():
    none_of(list(faults_in(SOURCE)))


def test_planted_clocks_are_caught(tmp_path):
    source = plant(
        tmp_path,
        citydesk__city__staff__services__people=(
            "timezone.now()\ndatetime.datetime.now(UTC)\ndate.today()\ntime.time()\ntime.monotonic()\n"
            "'SELECT 1 WHERE at < now()'\nmodels.DateTimeField(auto_now_add=True)\nnow()\n"
        ),
        citydesk__city__staff__views="timezone.now()\n",
    )
    assert sorted(int(fault.split()[0].rpartition(":")[2]) for fault in faults_in(source)) == [1, 2, 3, 4, 6, 7]
