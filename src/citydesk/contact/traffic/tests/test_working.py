"""Pairs of legs and contacts, anomalies, agents, malfunctions, and the signed door."""

import hashlib
import hmac
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from citydesk.city.staff.tests.factories import make_role, make_user
from citydesk.contact.interactions.queries import count_raw
from citydesk.contact.interactions.tests.factories import clerk, make_contact
from citydesk.contact.traffic import queries, services
from citydesk.contact.traffic.choices import MANAGE, REPORT, VIEW
from citydesk.contact.traffic.models import ContactLeg, ImportAnomaly, LegMatch, SourceAgent
from citydesk.contact.traffic.services.destruction import destroy_of_contacts
from citydesk.contact.traffic.services.malfunctions import MalfunctionFacts
from citydesk.contact.traffic.tests.factories import DAY, NOW, import_text, make_queues
from citydesk.kernel.destruction import Eraser
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, NotFound

pytestmark = pytest.mark.django_db
CONNECT = (Path(__file__).parent / "golden/connect.jsonl").read_text(encoding="utf-8")
DAY_OF = date(2026, 3, 10)


def supervisor():
    return clerk("Sue Peralta", VIEW, MANAGE, REPORT, "customers.see_contact")


def call_log(agent, *starts, number="4235550101"):
    lines = []
    for place, start in enumerate(starts):
        at = int((DAY + timedelta(seconds=start)).timestamp())
        lines += [
            f"{at}|k{place}|calls|NONE|ENTERQUEUE||{number}|1\n",
            f"{at + 10}|k{place}|calls|{agent}|CONNECT|10|r|5\n",
            f"{at + 70}|k{place}|calls|{agent}|COMPLETECALLER|10|60|1\n",
        ]
    return "".join(lines)


def test_answered_without_record_and_record_without_call(tmp_path):
    make_queues()
    dana = clerk()
    name = get_user_model().objects.get(pk=dana.actor.staff_id).username
    number = make_contact(dana, now=DAY + timedelta(seconds=15)).number
    alone = make_contact(dana, now=DAY + timedelta(hours=3)).number
    import_text(tmp_path, call_log(f"PJSIP/{name}", 0, 3600))
    assert SourceAgent.objects.get().user_id == dana.actor.staff_id  # the name after the slash is the user's
    services.match_legs(since=DAY, until=DAY + timedelta(days=1), now=NOW)
    match = LegMatch.objects.get()
    assert (match.interaction.number, match.reasons) == (number, ["during:5", "same_agent"])
    access = supervisor()
    (without,) = queries.answered_without_record(access=access, day=DAY_OF)
    assert (without.agent, without.seconds) == ("Dana Whitlock", 60)
    assert [one.number for one in queries.record_without_call(access=access, day=DAY_OF)] == [alone]
    assert queries.count_day(access=access, day=DAY_OF) == queries.Conservation(answered=2, paired=1, recorded=2)
    # The rule again changes nothing; a person's word stands over it.
    assert services.match_legs(since=DAY, until=DAY + timedelta(days=1), now=NOW) == 1
    assert LegMatch.objects.get().pk == match.pk
    services.pair_by_hand(leg_id=without.leg_id, number=alone, access=access, now=NOW)
    services.match_legs(since=DAY, until=DAY + timedelta(days=1), now=NOW)
    assert LegMatch.objects.count() == 2 and not queries.record_without_call(access=access, day=DAY_OF)
    with pytest.raises(Conflict):
        services.pair_by_hand(leg_id=match.leg_id, number=alone, access=access, now=NOW)
    services.unpair(leg_id=without.leg_id, access=access, now=NOW)
    assert len(queries.answered_without_record(access=access, day=DAY_OF)) == 1


def test_a_leg_told_again_keeps_its_pair(tmp_path):
    make_queues()
    dana = clerk()
    make_contact(dana, now=DAY + timedelta(seconds=15))
    text = call_log("A", 0)
    import_text(tmp_path, text[: text.rindex("\n", 0, -1) + 1])
    SourceAgent.objects.update(user_id=dana.actor.staff_id)
    services.match_legs(since=DAY, until=NOW, now=NOW)
    before = LegMatch.objects.get().leg_id
    import_text(tmp_path, text)
    assert LegMatch.objects.get().leg_id == ContactLeg.objects.get(is_current=True).pk != before


def test_a_contact_that_is_destroyed_leaves_its_pair(tmp_path):
    make_queues()
    dana = clerk()
    number = make_contact(dana, now=DAY + timedelta(seconds=15)).number
    import_text(tmp_path, call_log("A", 0))
    SourceAgent.objects.update(user_id=dana.actor.staff_id)
    services.match_legs(since=DAY, until=NOW, now=NOW)
    pair = LegMatch.objects.get()
    eraser = Eraser(proof="DS-26-000001-A", kind="interactions.contact", object_id=pair.interaction_id, label=number)
    destroy_of_contacts(ids=[pair.interaction_id], eraser=eraser, now=NOW)
    assert not LegMatch.objects.exists() and ContactLeg.objects.filter(pk=pair.leg_id).exists()


def test_anomalies_are_settled_with_words(tmp_path):
    make_queues()
    import_text(tmp_path, "1773158400|c|calls|A|COMPLETECALLER|1|2|1\n")
    access = supervisor()
    (one,) = queries.list_anomalies(access=access)
    with pytest.raises(Invalid):
        services.settle_anomaly(anomaly_id=one["id"], note=" ", access=access, now=NOW)
    services.settle_anomaly(anomaly_id=one["id"], note="Test call of the installer", access=access, now=NOW)
    assert queries.list_anomalies(access=access) == []
    import_text(tmp_path, "1773158400|c|calls|A|COMPLETECALLER|1|2|1\n")
    assert queries.list_anomalies(access=access) == [] and ImportAnomaly.objects.count() == 1


def test_agents_get_their_names(tmp_path):
    make_queues()
    import_text(tmp_path, call_log("PJSIP/201", 0))
    access = supervisor()
    (one,) = queries.list_unnamed_agents(access=access)
    services.link_agent(agent_id=one["id"], user_id=access.actor.staff_id, access=access, now=NOW)
    assert queries.list_unnamed_agents(access=access) == []
    with pytest.raises(NotAllowed):
        services.link_agent(agent_id=one["id"], user_id=None, access=clerk(), now=NOW)


def test_malfunctions_take_time_from_whom_they_name():
    access = supervisor()
    me, other = access.actor.staff_id, clerk("Ray Soto").actor.staff_id

    def report(since, until, **who):
        facts = MalfunctionFacts(
            kind="telephone", what="No dial tone", started_at=DAY + timedelta(minutes=since),
            ended_at=until and DAY + timedelta(minutes=until), **who,
        )  # fmt: skip
        return services.report_malfunction(facts=facts, access=access, now=NOW)

    report(0, 10, user_ids=[me])
    lasting = report(5, None, is_everybody=True)
    span = {"since": DAY - timedelta(hours=1), "until": DAY + timedelta(minutes=30)}
    lost = queries.seconds_lost(user_ids=[me, other], now=NOW, **span)
    assert lost == {me: 30 * 60, other: 25 * 60}
    services.end_malfunction(
        malfunction_id=lasting, ended_at=DAY + timedelta(minutes=15), outcome="Line card", access=access, now=NOW
    )
    assert queries.seconds_lost(user_ids=[me, other], now=NOW, **span) == {me: 15 * 60, other: 10 * 60}
    (month,) = queries.report_malfunctions(access=access, now=NOW, **span)
    assert (month.kind, month.count, month.seconds, month.lasting) == ("telephone", 2, 20 * 60, 0)
    with pytest.raises(Conflict):
        services.end_malfunction(malfunction_id=lasting, ended_at=NOW, outcome="", access=access, now=NOW)
    for wrong in ({}, {"user_ids": [me], "what": " "}, {"user_ids": [me], "started_at": NOW + timedelta(days=1)}):
        with pytest.raises(Invalid):
            facts = MalfunctionFacts(**{"kind": "power", "what": "Dark", "started_at": DAY, **wrong})
            services.report_malfunction(facts=facts, access=access, now=NOW)


def sign(secret, body, now=NOW):
    at = str(int(now.timestamp()))
    mark = hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"timestamp": at, "signature": f"sha256={mark}"}


@pytest.mark.django_db(transaction=True)
def test_a_signed_delivery_is_kept_raw_and_taken_once():
    make_queues()
    secret = services.make_source(code="cloud", name="Cloud switch", access=supervisor(), now=NOW)
    body = "".join(CONNECT.splitlines(True)[:6]).encode()
    done = services.receive_delivery(source="cloud", body=body, now=NOW, **sign(secret, body))
    assert (done.added, done.bad) == (6, 0)
    again = services.receive_delivery(source="cloud", body=body, now=NOW, **sign(secret, body))
    assert (again.added, again.known) == (0, 6)
    assert (count_raw().received, count_raw().processed) == (2, 2)
    with pytest.raises(NotAllowed, match="signature"):
        services.receive_delivery(source="cloud", body=body + b" ", now=NOW, **sign(secret, body))
    with pytest.raises(NotAllowed, match="too old"):
        services.receive_delivery(source="cloud", body=body, now=NOW + timedelta(minutes=6), **sign(secret, body))
    with pytest.raises(NotFound):
        services.receive_delivery(source="other", body=body, now=NOW, **sign(secret, body))
    with pytest.raises(Invalid):
        services.receive_delivery(source="cloud", body=b"[{", now=NOW, **sign(secret, b"[{"))
    assert (count_raw().received, count_raw().rejected) == (3, 1)  # what was not signed was not kept


@pytest.mark.django_db(transaction=True)
def test_a_delivery_left_by_a_killed_process_is_taken_by_the_sweep(monkeypatch):
    make_queues()
    secret = services.make_source(code="cloud", name="Cloud switch", access=supervisor(), now=NOW)
    body = CONNECT.splitlines(True)[0].encode()
    with monkeypatch.context() as broken:
        broken.setattr("citydesk.contact.traffic.services.webhook.take_records", None)
        assert services.receive_delivery(source="cloud", body=body, now=NOW, **sign(secret, body)).is_pending
    assert not ContactLeg.objects.exists()
    done = services.work_left_deliveries(now=NOW + timedelta(minutes=3))
    assert done["processed"] == 1 and ContactLeg.objects.count() == 1


def test_the_door_answers_programs(client):
    make_queues()
    services.make_source(code="cloud", name="Cloud switch", access=supervisor(), now=NOW)
    answer = client.post("/hooks/contacts/cloud/", data=b"{}", content_type="application/json")
    assert answer.status_code == 403
    assert client.get("/hooks/contacts/cloud/").status_code == 405


def test_the_page_of_a_day(client, tmp_path):
    """Formula beside the number, lists with their links, in Spanish too; an anomaly settled; as many statements for
    many rows as for few."""
    make_queues()
    person = make_user("sue", roles=[make_role("keeps_traffic", [VIEW, MANAGE, "interactions.view"])])
    client.force_login(person)
    assert "calls" in client.get("/desk/traffic/").content.decode()
    import_text(tmp_path, call_log("A", 0) + "1773158990|c|calls|A|COMPLETECALLER|1|2|1\n")
    with CaptureQueriesContext(connection) as few:
        shown = client.get("/desk/traffic/", {"on": "2026-03-10", "queue": "calls"}).content.decode()
    assert "A / (N - S)" in shown and "1 / 1" in shown and "100.0 %" in shown
    import_text(tmp_path, call_log("B", *range(0, 4000, 200)), source="two")
    with CaptureQueriesContext(connection) as many:
        client.get("/desk/traffic/", {"on": "2026-03-10", "queue": "calls"})
    assert len(few) == len(many)
    type(person).objects.update(language="es")
    assert "Nivel de servicio" in client.get("/desk/traffic/", {"on": "no day"}).content.decode()
    anomaly = ImportAnomaly.objects.get()
    client.post(f"/desk/traffic/anomalies/{anomaly.pk}/settle/", {"note": "A test call"})
    anomaly.refresh_from_db()
    assert anomaly.settled_note == "A test call"
