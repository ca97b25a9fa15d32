import pytest
from django.db import transaction

from citydesk.contact.interactions import queries, services
from citydesk.contact.interactions.models import RawIntake
from citydesk.contact.interactions.tests.factories import NOON, clerk
from citydesk.kernel.errors import Conflict

pytestmark = pytest.mark.django_db


def test_received_is_processed_and_rejected_and_quarantined_and_pending():
    ids = [
        services.store_raw(source="open311", body=b"a=%d" % n, content_type="text/plain", now=NOON) for n in range(4)
    ]
    services.mark_raw(raw_id=ids[0], state="processed", result_id=7, result_number="SR-26-000007-K", now=NOON)
    services.mark_raw(raw_id=ids[1], state="rejected", reason="No service code", now=NOON)
    services.mark_raw(raw_id=ids[2], state="quarantined", reason="Spam brake", now=NOON)
    counts = queries.count_raw(source="open311")
    assert (counts.received, counts.processed, counts.rejected, counts.quarantined, counts.pending) == (4, 1, 1, 1, 1)
    assert counts.difference == 0
    assert [row["id"] for row in queries.list_unworked_raw(older_than=NOON.replace(hour=18))] == [ids[3]]
    with pytest.raises(Conflict) as raised:
        services.mark_raw(raw_id=ids[0], state="processed", now=NOON)
    assert raised.value.facts["result_number"] == "SR-26-000007-K"


@pytest.mark.owner
def test_the_bytes_stay_as_they_came():
    raw = services.store_raw(source="portal", body="ñ".encode(), content_type="text/plain", now=NOON)
    assert queries.get_raw(raw_id=raw).body == "ñ".encode()
    with pytest.raises(Exception, match="Cannot"), transaction.atomic():
        RawIntake.objects.filter(pk=raw).update(body=b"x")
    with pytest.raises(Exception, match="Cannot"), transaction.atomic():
        RawIntake.objects.filter(pk=raw).delete()


def test_a_panic_is_seen_by_supervisors_with_its_place_until_one_answers():
    from citydesk.contact.interactions.choices import HelpKind

    dana, boss = clerk(), clerk("Pat", "interactions.supervise")
    call = services.call_help(kind=HelpKind.PANIC, location="Desk 4", access=dana, now=NOON)
    assert services.call_help(kind=HelpKind.PANIC, location="Desk 4", access=dana, now=NOON) == call
    [seen] = queries.list_help_calls(access=boss)
    assert (seen["kind"], seen["location"], seen["user_label"]) == ("panic", "Desk 4", "Dana Whitlock")
    services.answer_help(help_call_id=call, answer="On my way", access=boss, now=NOON)
    assert queries.count_open_help(access=boss) == 0
