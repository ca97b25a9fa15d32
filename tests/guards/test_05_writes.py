"""Guard 5: rows are written in services alone."""

import ast
import re

from tests.guards.house import SOURCE, at, called, calls, none_of, plant, shelf_files

ELSEWHERE = ("models", "queries", "rules", "engines", "events", "choices", "labels", "forms", "views", "api")
ELSEWHERE += ("handlers", "tasks", "commands", "offers", "urls", "apps", "middleware")
ALWAYS = {"bulk_create", "bulk_update", "get_or_create", "update_or_create", "acreate", "asave", "adelete", "aupdate"}
ON_ROWS = {"create", "update", "delete"}
ROWS = re.compile(r"\.objects\b|\b(filter|exclude|all|select_for_update|order_by)\(\)|\b_(base|default)_manager\b")
WRITES = re.compile(r"^\s*(INSERT\s+INTO|UPDATE\s+\w|DELETE\s+FROM|TRUNCATE|COPY\s+\S+.*\sFROM\s)", re.IGNORECASE)


def writes(node: ast.Call) -> bool:
    """Whether a call writes rows, as far as its shape says."""
    receiver, _, name = called(node).rpartition(".")
    if name in ALWAYS or (name in ON_ROWS and ROWS.search(receiver)):
        return bool(receiver)
    if name in ("save", "delete") and receiver and not node.args:
        return receiver != "super()"
    if name in ("execute", "executemany", "copy") and node.args:
        first = node.args[0]
        return isinstance(first, ast.Constant) and bool(WRITES.match(str(first.value)))
    return False


def faults_in(source):
    for file in shelf_files(source, *ELSEWHERE):
        for node in calls(file.tree()):
            if writes(node):
                yield f"{at(file, node)} writes ({called(node)}) outside services"


def test_rows_are_written_in_services_alone():
    none_of(list(faults_in(SOURCE)))


def test_planted_writes_are_caught(tmp_path):
    source = plant(
        tmp_path,
        citydesk__city__staff__views=(
            "User.objects.create(name='x')\nuser.save(update_fields=['a'])\nTeam.objects.filter(id=1).update(a=2)\n"
            "cursor.execute('UPDATE staff_user SET a = 1')\nuser.delete()\n"
            "seen.update({1: 2})\nimage.save(buffer, 'PNG')\ncache.delete('key')\ncursor.execute('SELECT 1')\n"
        ),
        citydesk__city__staff__services__people="User.objects.create(name='x')\n",
    )
    assert [fault.split()[0] for fault in faults_in(source)] == [
        f"src/citydesk/city/staff/views.py:{line}" for line in (1, 2, 3, 4, 5)
    ]
