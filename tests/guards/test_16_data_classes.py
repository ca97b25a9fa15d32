"""Guard 16: every field of every table says how private it is."""

from types import SimpleNamespace

from tests.guards.house import none_of
from tests.guards.test_04_foreign_keys import house_models

CLASSES = {"public", "internal", "personal", "confidential", "money"}


def faults_of(model):
    given = getattr(model, "data_classes", None)
    label = model._meta.label
    if not isinstance(given, dict):
        yield f"{label} declares no data_classes"
        return
    names = {field.name for field in model._meta.local_fields}
    if "*" not in given:
        yield from (f"{label}.{name} has no data class" for name in sorted(names - set(given)))
    yield from (f"{label}.{name} has a data class and is no field" for name in sorted(set(given) - names - {"*"}))
    yield from (
        f"{label}.{name} is {value!r}, which is no data class" for name, value in given.items() if value not in CLASSES
    )


def test_every_field_has_a_data_class():
    none_of([fault for model in house_models() for fault in faults_of(model)])


def test_planted_gaps_are_caught():
    fields = [SimpleNamespace(name="id"), SimpleNamespace(name="email")]
    meta = SimpleNamespace(label="staff.User", local_fields=fields)
    assert list(faults_of(SimpleNamespace(_meta=meta))) == ["staff.User declares no data_classes"]
    assert list(faults_of(SimpleNamespace(_meta=meta, data_classes={"id": "internal"}))) == [
        "staff.User.email has no data class"
    ]
    assert list(faults_of(SimpleNamespace(_meta=meta, data_classes={"*": "secret", "phone": "personal"}))) == [
        "staff.User.phone has a data class and is no field",
        "staff.User.* is 'secret', which is no data class",
    ]
