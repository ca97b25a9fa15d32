"""A record's page: its reading is noted, and what it tells is what the two questions apart would tell."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from citydesk.kernel import audit
from citydesk.kernel.actors import Actor, ActorKind
from citydesk.kernel.registries import AuditCode, registries

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
DANA, PRISCILLA = Actor(ActorKind.STAFF, 1, "Dana Whitfield"), Actor(ActorKind.STAFF, 2, "Priscilla Boone")
RECORD = {"object_type": "kernel.test", "object_id": 7}


def opened(actor, minutes):
    return audit.open_record(**RECORD, purpose="page", actor=actor, now=NOW + timedelta(minutes=minutes))


def test_opening_a_record_tells_who_read_it_before_and_notes_the_reader():
    assert opened(DANA, 0).readers == []
    assert [one["actor_label"] for one in opened(PRISCILLA, 1).readers] == ["Dana Whitfield"]
    told = opened(DANA, 2).readers
    assert [one["actor_label"] for one in told] == ["Priscilla Boone", "Dana Whitfield"]
    assert told == audit.readers_of("kernel.test", 7)[1:]
    audit.open_record(object_type="kernel.test", object_id=8, purpose="page", actor=DANA, now=NOW)
    assert len(audit.readers_of("kernel.test", 7)) == 3


def test_opening_a_record_tells_its_history_as_the_history_tab_does():
    code = next(iter(registries.audit_codes))
    for number in (1, 2):
        act = audit.Act(code, "kernel.test", 7, "T-7", {"due": NOW}, {"n": number, "list": [None]}, reason="why")
        audit.record(act, actor=DANA, now=NOW + timedelta(minutes=number))
    history = opened(PRISCILLA, 5).history
    assert history == audit.history_of("kernel.test", 7)
    assert [one.after["n"] for one in history] == [2, 1]


def test_a_text_kept_in_languages_is_said_in_the_readers(monkeypatch):
    code = "kernel.test_told"
    monkeypatch.setitem(registries.audit_codes, code, AuditCode(code, "told {agency} of {request}"))
    names = {"en": "State roads", "es": "Carreteras del estado"}
    audit.record(audit.Act(code, "kernel.test", 9, after={"agency": names, "request": "SR-1"}), actor=DANA, now=NOW)
    audit.record(audit.Act(code, "kernel.test", 9, after={"agency": "Kept", "request": {}}), actor=DANA, now=NOW)
    with translation.override("es"):
        said = [one.sentence for one in audit.history_of("kernel.test", 9)]
    assert said == ["told Kept of {}", "told Carreteras del estado of SR-1"]
    assert audit.history_of("kernel.test", 9)[1].sentence == "told State roads of SR-1"
