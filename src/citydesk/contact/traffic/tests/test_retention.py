"""What sources told may be destroyed by days; what was counted of it stands, and is not counted anew."""

from datetime import UTC, date, datetime

import pytest

from citydesk.city.staff.tests.factories import make_user
from citydesk.contact.traffic import queries, services
from citydesk.contact.traffic.models import (
    AgentState,
    ContactLeg,
    ImportAnomaly,
    IntervalFact,
    NumbersNote,
    StateFact,
    ToldDay,
)
from citydesk.contact.traffic.queries.records import anomalies_due, legs_due, notes_due, states_due
from citydesk.contact.traffic.services import destruction
from citydesk.contact.traffic.tests.factories import NOW, import_text, make_queues
from citydesk.contact.traffic.tests.test_importing import LOG
from citydesk.kernel.destruction import Eraser

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 10)
LATER = datetime(2027, 3, 11, 5, tzinfo=UTC)


def destroyed(act, one):
    eraser = Eraser(proof="RD-1", kind="traffic", object_id=one.id, label=one.label)
    act(ids=[one.id], eraser=eraser, now=LATER)
    return eraser.finish(now=LATER)


def sums():
    facts = IntervalFact.objects.order_by("queue_id", "starts_at").values("starts_at", "offered", "talk_s")
    return list(facts), sorted(StateFact.objects.values_list("agent_id", "starts_at", "state", "seconds"))


def test_facts_of_destroyed_days_stand(tmp_path):
    make_queues()
    import_text(tmp_path, LOG)
    before = sums()
    (legs,), (states,) = legs_due(before=LATER), states_due(before=LATER)
    assert legs.label == "pbx 2026-03-10" and not legs_due(before=datetime(2026, 3, 10, 20, tzinfo=UTC))
    assert legs_due(before=LATER, ids=[legs.id]) == [legs] and not legs_due(before=LATER, after=(legs.at, legs.id))
    gone = destroyed(destruction.destroy_legs, legs)
    assert gone.rows["traffic_contactleg"] and not ContactLeg.objects.exists()
    destroyed(destruction.destroy_states, states)
    assert not AgentState.objects.filter(ended_at__isnull=False).exists() and not ToldDay.objects.exists()
    services.rebuild_facts(since=DAY, until=DAY, now=LATER)
    assert sums() == before
    # The same log again brings the rows back, and counts nothing twice.
    import_text(tmp_path, LOG, now=NOW)
    assert sums()[0] == before[0]


def test_notes_on_own_numbers_are_destroyed_when_their_time_has_come():
    person = make_user("dana")
    given = {"user": person, "week": DAY, "figure": "hold", "text": "The line was down"}
    for at in (NOW, LATER):
        NumbersNote.objects.create(**given, written_at=at)
    (due,) = notes_due(before=LATER)
    assert given["text"] not in due.label
    assert destroyed(destruction.destroy_notes, due).rows == {"traffic_numbersnote": 1}
    assert NumbersNote.objects.get().written_at == LATER


def test_only_settled_anomalies_are_due(tmp_path):
    make_queues()
    import_text(tmp_path, LOG)
    assert not anomalies_due(before=LATER)
    one = ImportAnomaly.objects.order_by("pk").first()
    ImportAnomaly.objects.filter(pk=one.pk).update(settled_at=NOW, settled_note="A test call")
    (due,) = anomalies_due(before=LATER)
    assert destroyed(destruction.destroy_anomalies, due).rows == {"traffic_importanomaly": 1}
    assert queries.list_intervals(queue_code="calls", since=DAY, until=DAY)
