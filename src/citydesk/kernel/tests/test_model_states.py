"""Classes of models in the midst of migrations: the quick way keeps what Django's own way makes."""

from contextlib import nullcontext

import pytest
from django.db import models
from django.db.migrations import operations as op
from django.db.migrations.state import ModelState, ProjectState

from citydesk.kernel.model_states import quick_states

LABEL = "somewhere"
KEY = ("id", models.BigAutoField(primary_key=True))


def points_to(name):
    return models.ForeignKey(f"{LABEL}.{name}", models.PROTECT, related_name="+")


STEPS = (
    op.CreateModel("City", [KEY, ("name", models.TextField())]),
    op.CreateModel("Street", [KEY, ("city", points_to("City")), ("name", models.TextField())]),
    op.AddIndex("street", models.Index(fields=["name"], name="by_name")),
    op.AddConstraint("street", models.UniqueConstraint(fields=["city", "name"], name="once")),
    op.AddField("city", "zip", models.TextField(default="")),
    op.CreateModel("House", [KEY, ("street", models.ForeignKey(f"{LABEL}.Street", models.PROTECT))]),
    op.AlterField("city", "id", models.UUIDField(primary_key=True)),
    op.RenameField("street", "name", "called"),
    op.AddIndex("house", models.Index(fields=["street"], name="by_street")),
    op.RemoveIndex("street", "by_name"),
    op.CreateModel("Walk", [KEY, ("houses", models.ManyToManyField(f"{LABEL}.House"))]),
    op.AddField("house", "city", points_to("City")),
    op.AlterModelTable("house", "buildings"),
    op.RemoveConstraint("street", "once"),
    op.RenameModel("House", "Building"),
    op.DeleteModel("Walk"),
)


def described(project):
    """What an operation reads of the classes: columns, relations to and from, options."""
    apps, found = project.apps, {}
    for model in apps.get_models(include_auto_created=True):
        meta = model._meta
        own = {one for one in meta.get_fields(include_hidden=True) if one.is_relation}
        found[meta.label] = {
            "fields": [(one.name, one.deconstruct()[1:]) for one in meta.local_fields],
            "relations": sorted((one.name, one.related_model._meta.label) for one in own),
            "indexes": [one.deconstruct() for one in meta.indexes],
            "constraints": [one.deconstruct() for one in meta.constraints],
            "table": meta.db_table,
        }
    return found


def walked(way, monkeypatch):
    """The classes before and after each step, and how many were made."""
    made, found = [], []
    with way(), monkeypatch.context() as watched:
        render = ModelState.render
        watched.setattr(ModelState, "render", lambda state, apps: made.append(state.name) or render(state, apps))
        project = ProjectState()
        assert project.apps is not None
        for step in STEPS:
            step.state_forwards(LABEL, project)
            found.append(described(project))
    return found, len(made)


def test_each_step_leaves_the_same_classes(monkeypatch):
    plain, many = walked(nullcontext, monkeypatch)
    quick, few = walked(quick_states, monkeypatch)
    for step, expected, found in zip(STEPS, plain, quick, strict=True):
        assert found == expected, step.describe()
    assert few < many


def test_afterwards_django_has_its_own_way_again():
    before = ModelState.render, ProjectState.reload_model
    with pytest.raises(ZeroDivisionError), quick_states():
        assert (ModelState.render, ProjectState.reload_model) != before
        raise ZeroDivisionError
    assert (ModelState.render, ProjectState.reload_model) == before
