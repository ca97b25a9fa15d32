"""Guard 13: after a release, a migration is one that the release before can live with, or says `contract = True`.

`released_migrations.json` names the last migration of each room in the last release;
`python -m tests.guards.test_13_expand` writes it when a release is made. What is not released may still be drawn
anew. `docs/admin/upgrade.md` says why.
"""

import json
import re
from pathlib import Path

from django.apps import apps
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState

from tests.guards.house import none_of

RELEASED = Path(__file__).with_name("released_migrations.json")
TAKES = (migrations.RemoveField, migrations.DeleteModel, migrations.RenameField, migrations.RenameModel)
TAKES_TOO = (migrations.AlterModelTable, migrations.AlterUniqueTogether)
SQL = re.compile(r"\b(DROP\s+(TABLE|COLUMN)|RENAME\s+(TO|COLUMN)|SET\s+NOT\s+NULL)\b", re.IGNORECASE)


def faults_of(migration, released, state):
    """One sentence for each operation that locks people out or breaks the release before."""
    for operation in migration.operations:
        said = "" if getattr(migration, "contract", False) else fault(operation, migration.app_label, released, state)
        if said:
            yield f"{migration.app_label}.{migration.name}: {said}"
        operation.state_forwards(migration.app_label, state)


def fault(operation, label, released, state):
    """What is wrong with an operation on a released table; an empty text when nothing is."""
    name = getattr(operation, "model_name", "") or getattr(operation, "name", "") or getattr(operation, "old_name", "")
    if isinstance(operation, migrations.RunSQL):
        found = SQL.search(str(operation.sql))
        return f"the release before still uses what {found[0]} takes" if found else ""
    if (label, str(name).lower()) not in released:
        return ""
    if isinstance(operation, (*TAKES, *TAKES_TOO)):
        return f"the release before still uses what {operation.describe()!r} takes: `contract = True`, a release later"
    return fault_of_field(operation, label, state) or fault_of_lock(operation)


def fault_of_field(operation, label, state):
    if not isinstance(operation, migrations.AddField | migrations.AlterField):
        return ""
    field = operation.field
    if field.null or field.many_to_many:
        return ""
    if isinstance(operation, migrations.AddField):
        has = field.has_db_default() or getattr(field, "generated", False)
        return "" if has else f"the release before writes no {operation.name}: give it a db_default, or null=True"
    before = state.models[label, operation.model_name_lower].fields[operation.name]
    return f"{operation.name} becomes NOT NULL while the release before may leave it empty" if before.null else ""


def fault_of_lock(operation):
    kind = type(operation).__name__
    if kind == "AddIndex":
        return "building the index keeps writers out: AddIndexConcurrently with atomic = False"
    if kind == "AddConstraint" and isinstance(operation.constraint, models.CheckConstraint):
        return "checking every row keeps everybody out: AddConstraintNotValid, then ValidateConstraint"
    return ""


def after_release(released):
    """The migrations that no release had, in order, with the state of the tables before them."""
    loader = MigrationLoader(None)
    known = {tuple(key.split(".")) for key in released}
    had = {node for key in known if key in loader.graph.nodes for node in loader.graph.forwards_plan(key)}
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("citydesk.")}
    plan = []
    for leaf in sorted(loader.graph.leaf_nodes()):
        plan += [node for node in loader.graph.forwards_plan(leaf) if node not in had and node not in plan]
    state = loader.project_state(sorted(known & set(loader.graph.nodes))) if known else ProjectState()
    return [loader.graph.nodes[node] for node in plan if node[0] in ours], state


def test_migrations_after_a_release_let_the_release_before_live():
    plan, state = after_release(json.loads(RELEASED.read_text()))
    released = set(state.models)
    none_of([words for migration in plan for words in faults_of(migration, released, state)])


def planted(*operations, contract=False):
    """The faults of a migration over a released table `staff.desk` with a full column and one that may be empty."""
    state = ProjectState()
    fields = [("id", models.BigAutoField(primary_key=True)), ("name", models.TextField())]
    state.add_model(ModelState("staff", "Desk", [*fields, ("note", models.TextField(null=True))]))
    migration = migrations.Migration("0009_planted", "staff")
    migration.operations, migration.contract = list(operations), contract
    return list(faults_of(migration, {("staff", "desk")}, state))


def test_planted_migrations_are_caught():
    check = models.CheckConstraint(condition=models.Q(name="a"), name="c")
    bad: list[Operation] = [
        migrations.AddField("desk", "floor", models.IntegerField(default=1)),
        migrations.AlterField("desk", "note", models.TextField()),
        migrations.AddIndex("desk", models.Index(fields=["name"], name="i")),
        migrations.AddConstraint("desk", check),
        migrations.RunSQL("ALTER TABLE staff_desk ALTER name SET NOT NULL"),
        migrations.RenameField("desk", "name", "title"),
        migrations.RemoveField("desk", "note"),
        migrations.RenameModel("Desk", "Place"),
        migrations.DeleteModel("Desk"),
    ]
    for operation in bad:
        assert len(planted(operation)) == 1, operation
        assert not planted(operation, contract=True)
    good = [
        migrations.AddField("desk", "floor", models.IntegerField(db_default=1)),
        migrations.AddField("desk", "side", models.TextField(null=True)),
        migrations.AlterField("desk", "name", models.TextField(null=True)),
        migrations.CreateModel("Fresh", [("id", models.BigAutoField(primary_key=True)), ("a", models.TextField())]),
        migrations.AddField("fresh", "b", models.TextField(default="")),
        migrations.RunSQL("CREATE INDEX CONCURRENTLY i ON staff_desk (name)"),
    ]
    assert planted(*good) == []


if __name__ == "__main__":
    import django

    django.setup()
    names = sorted(".".join(leaf) for leaf in MigrationLoader(None).graph.leaf_nodes())
    RELEASED.write_text(json.dumps(names, indent=1) + "\n")
