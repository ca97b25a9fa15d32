"""Querysets written once give what the querysets would have given, for other values each time."""

from datetime import UTC, datetime

import pytest
from django.db.models import F, Value
from django.db.models.functions import Upper

from citydesk.kernel.models import AuditEntry, ReadEntry
from citydesk.kernel.written import Written

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 14, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def entries():
    for pk, label in ((1, "Dana"), (2, "Ben"), (-1_900_000_000, "Greta")):
        ReadEntry.objects.create(
            at=NOW, actor_kind="staff", actor_label=label, object_type="test.a", object_id=pk, purpose="page"
        )
        AuditEntry.objects.create(
            at=NOW, code="t", actor_kind="staff", object_type="test.a", object_id=pk, after={"pk": pk, "x": [1, None]}
        )


def test_dictionaries_of_other_values_come_from_one_statement():
    made = []

    def make(kind: str, pk: int):
        made.append(pk)
        return ReadEntry.objects.filter(object_type=kind, object_id=pk).values("at", "actor_label", "object_id")

    written = Written(make)
    for pk in (1, 2, -1_900_000_000, 10**12, 1):
        expected = list(ReadEntry.objects.filter(object_type="test.a", object_id=pk).values("at", "actor_label"))
        assert [{"at": one["at"], "actor_label": one["actor_label"]} for one in written.rows("test.a", pk)] == expected
    assert written.rows("test.b", 1) == []
    assert len(made) == 1


def test_models_come_with_their_json_and_what_is_worked_out():
    written = Written(
        lambda pk: (
            AuditEntry.objects.filter(object_type="test.a", object_id=pk).defer("reason").annotate(loud=Upper("code"))
        )
    )
    for pk in (1, 2):
        found, expected = written.first(pk), AuditEntry.objects.get(object_type="test.a", object_id=pk)
        assert isinstance(found, AuditEntry)
        assert (found.pk, found.after, found.at, found.loud) == (expected.pk, {"pk": pk, "x": [1, None]}, NOW, "T")
        assert found.get_deferred_fields() == {"reason"}
    assert written.first(3) is None


def test_a_text_may_hold_what_a_statement_is_made_of():
    written = Written(lambda label: ReadEntry.objects.filter(actor_label=label).values("actor_label"))
    for label in ("%s", "'; --", " \ue000aB0\ue001 ", ""):
        assert written.rows(label) == []
    assert written.rows("Ben") == [{"actor_label": "Ben"}]


def test_a_queryset_that_does_more_than_compare_is_written_each_time():
    written = Written(lambda label: ReadEntry.objects.filter(actor_label=label.capitalize()).values("actor_label"))
    assert [written.rows(one) for one in ("ben", "dana")] == [[{"actor_label": "Ben"}], [{"actor_label": "Dana"}]]
    empty = Written(lambda pk: ReadEntry.objects.filter(pk=pk).none())
    assert empty.rows(1) == []


def test_constants_of_the_queryset_stay():
    written = Written(
        lambda kind, pk: ReadEntry.objects.filter(object_type=kind, object_id=pk, actor_label="Ben").values(
            "purpose", who=F("actor_label"), seven=Value(7)
        )
    )
    assert written.rows("test.a", 2) == [{"purpose": "page", "who": "Ben", "seven": 7}]
    assert written.rows("test.a", 1) == []
