"""Guard 18: protected rows leave by one door. Nothing but the eraser suspends the triggers that keep them."""

import re

from tests.guards.house import SOURCE, none_of, plant

DOOR = "citydesk/kernel/destruction.py"
SUSPENDS = re.compile(
    r"pgtrigger\.(ignore|constraints)|session_replication_role|DISABLE\s+TRIGGER|_raw_delete", re.IGNORECASE
)


def faults_in(source):
    for path in sorted(source.rglob("*.py")):
        shown = path.relative_to(source).as_posix()
        if shown == DOOR or "/migrations/" in shown or "/tests/" in shown:
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if SUSPENDS.search(line):
                yield f"src/{shown}:{number} goes around the triggers"


def test_only_the_eraser_suspends_triggers():
    none_of(list(faults_in(SOURCE)))


def test_planted_ways_around_are_caught(tmp_path):
    source = plant(
        tmp_path,
        citydesk__city__staff__services__gone=(
            "with pgtrigger.ignore('staff.User:kept'):\n    pass\n"
            "cursor.execute('SET session_replication_role = replica')\nrows._raw_delete('default')\n"
        ),
    )
    assert len(list(faults_in(source))) == 3
