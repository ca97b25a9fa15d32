"""Guard 11: each room's migrations are one line, change the schema alone, and match the models."""

import ast
import re

from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from tests.guards.house import SOURCE, File, at, called, calls, none_of, plant, texts

DATA = re.compile(r"^\s*(INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|COPY\s)", re.IGNORECASE)


def migrations(source):
    return [File(path, source) for path in sorted(source.rglob("migrations/[0-9]*.py"))]


def data_in(source):
    """Migrations that write rows: by a Python function or by SQL."""
    for file in migrations(source):
        tree = file.tree()
        for node in calls(tree):
            if called(node).endswith("RunPython"):
                yield f"{at(file, node)} runs Python over rows"
        # What a trigger will write some day, the migration does not.
        later = {id(one) for node in calls(tree) if called(node).endswith("UpsertTriggerSql") for one in texts(node)}
        for text in texts(tree):
            if DATA.match(text.value) and id(text) not in later:
                yield f"{at(file, text)} writes rows"


def forks_in(source):
    """Two migrations of a room with one number, or one that goes on from several."""
    seen = {}
    for file in migrations(source):
        number = (file.path.parent, file.path.name[:4])
        if number in seen:
            yield f"{file.shown} has the number of {seen[number]}"
        seen[number] = file.path.name
        own = file.path.parent.parent.name
        before = [pair for pair in dependencies(file.tree()) if pair[0] == own]
        if len(before) > 1:
            yield f"{file.shown} goes on from {len(before)} migrations of its own room"


def dependencies(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "dependencies" for target in node.targets):
            for entry in getattr(node.value, "elts", []):
                if isinstance(entry, ast.Tuple):
                    yield tuple(getattr(part, "value", "") for part in entry.elts)


def test_migrations_are_linear_and_schema_only():
    none_of([*data_in(SOURCE), *forks_in(SOURCE)])


def test_models_and_migrations_say_the_same():
    loader = MigrationLoader(None)
    found = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps)).changes(graph=loader.graph)
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("citydesk.")}
    none_of(
        [
            f"{label}: {operation.describe()}"
            for label, changes in found.items()
            if label in ours
            for change in changes
            for operation in change.operations
        ]
    )


def test_planted_migrations_are_caught(tmp_path):
    source = plant(tmp_path)
    folder = source / "citydesk/city/staff/migrations"
    folder.mkdir(parents=True)
    (folder / "0001_initial.py").write_text("dependencies = []\n")
    (folder / "0002_fill.py").write_text(
        "dependencies = [('staff', '0001_initial'), ('staff', '0001_other')]\n"
        "migrations.RunPython(fill)\nmigrations.RunSQL('UPDATE staff_user SET a = 1')\n"
        "migrations.RunSQL('CREATE INDEX a ON b (c)')\n"
        "AddTrigger(trigger=Trigger(sql=UpsertTriggerSql(func='INSERT INTO a VALUES (1)')))\n"
    )
    (folder / "0002_other.py").write_text("dependencies = [('staff', '0001_initial'), ('places', '0001_initial')]\n")
    assert len(list(data_in(source))) == 2
    assert [fault.split(" ", 1)[1] for fault in forks_in(source)] == [
        "goes on from 2 migrations of its own room",
        "has the number of 0002_fill.py",
    ]
