"""What one act writes goes in one statement, and is the same as written one by one."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from citydesk.kernel import rows
from citydesk.kernel.metrics import tallied
from citydesk.kernel.models import AuditEntry, IdempotentAct, SavedView
from citydesk.kernel.sequences import next_identity, taken_together

NOW = datetime(2026, 11, 22, 15, 0, 1, 250_000, tzinfo=UTC)
ACTS = ("kernel_idempotentact", "kernel_savedview")
CHANGE = "UPDATE kernel_savedview SET position = %s WHERE id = %s RETURNING id"


def entry(**facts):
    given = {"at": NOW, "code": "x.y", "actor_kind": "system", "object_type": "x", "object_id": 1, **facts}
    return AuditEntry(**given)


def view(name, **facts):
    return SavedView(list_code="x", name=name, owner_id=1, made_at=NOW, **facts)


def gone():
    raise LookupError


@pytest.mark.django_db
def test_what_is_written_is_what_was_given():
    odd = 'Quotes " and \\ and \u2028, "null", {"a": 1}, ñ 🕳'
    rows.insert(entry(actor_label=odd[:120], after={"words": odd, "at": None}, before=None, reason=odd))
    rows.insert(entry(after=["a", 1.5, True], before="text", reason=""))
    first, second = AuditEntry.objects.order_by("id")
    assert (first.at, first.reason, first.after, first.before) == (NOW, odd, {"words": odd, "at": None}, None)
    assert (second.after, second.before, second.actor_id) == (["a", 1.5, True], "text", None)


@pytest.mark.django_db
def test_rows_of_several_tables_changes_and_calls_are_one_statement():
    known = rows.insert_now(view("known"))
    with tallied() as tally, transaction.atomic(savepoint=False), rows.together():
        rows.insert(entry(), view("a"), entry(code="x.z"))
        rows.insert(IdempotentAct(id=900_001, scope="s", key="k", fingerprint="f", done_at=NOW))
        rows.change(CHANGE, 7, known, missed=gone)
        rows.call("pg_notify(%s, %s)", "nobody", "{}")
        with rows.together():
            rows.insert(view("b"))
        assert not SavedView.objects.filter(name__in=("a", "b"))
    assert tally.statements == 2  # the look inside is the other one
    assert set(SavedView.objects.values_list("name", "position")) == {("known", 7), ("a", 0), ("b", 0)}
    assert list(AuditEntry.objects.order_by("id").values_list("code", flat=True)) == ["x.y", "x.z"]
    assert IdempotentAct.objects.get().pk == 900_001


@pytest.mark.django_db
def test_a_change_that_finds_no_row_is_told_and_takes_the_rest_with_it():
    with pytest.raises(LookupError), transaction.atomic(), rows.together():
        rows.insert(view("a"))
        rows.change(CHANGE, 1, 0, missed=gone)
    assert not SavedView.objects.exists()
    with pytest.raises(LookupError), transaction.atomic():
        rows.change(CHANGE, 1, 0, missed=gone)


@pytest.mark.django_db
def test_nothing_is_written_when_the_block_fails_and_what_the_database_refuses_is_raised():
    with pytest.raises(ZeroDivisionError), transaction.atomic(), rows.together():
        rows.insert(view("a"))
        raise ZeroDivisionError
    rows.insert(view("b"))
    with pytest.raises(IntegrityError), transaction.atomic(), rows.together():
        rows.insert(view("b"))
    assert SavedView.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_rows_do_not_wait_outside_a_transaction():
    with pytest.raises(RuntimeError), rows.together():
        pass
    rows.insert()
    assert not SavedView.objects.exists()


@pytest.mark.django_db
def test_identities_wanted_together_are_taken_by_the_first_that_is_asked_for():
    first, second, third = ("ZA", ACTS[0]), ("ZB", ACTS[1]), ("ZC", ACTS[1])
    with tallied() as tally, taken_together((first, 2026), (second, 2026)):
        other = next_identity(third, 2026)
        assert [next_identity(one, 2026)[1][:9] for one in (first, second)] == ["ZA-26-000", "ZB-26-000"]
        assert tally.statements == 1
        again = next_identity(first, 2026)
    assert other[1].startswith("ZC-26-000001") and again[1].startswith("ZA-26-000002")
    assert tally.statements == 2


def test_a_fresh_row_is_what_the_model_makes():
    for model, values in (
        (AuditEntry, {"code": "x", "object_id": 3, "after": {"a": 1}}),
        (SavedView, {"owner_id": 7, "name": "Mine"}),
    ):
        made, usual = rows.fresh(model, **values), model(**values)
        assert {**vars(made), "_state": 0} == {**vars(usual), "_state": 0}
        assert made._state.adding and made.pk is None


def test_fresh_rows_share_nothing_that_can_be_changed():
    one, other = rows.fresh(IdempotentAct), rows.fresh(IdempotentAct)
    for name, value in vars(one).items():
        if isinstance(value, dict | list):
            assert value is not vars(other)[name]


def test_a_fresh_row_refuses_what_is_no_column():
    with pytest.raises(TypeError, match="no_such"):
        rows.fresh(AuditEntry, no_such=1)
