"""Escalations tell people: whom a step names, by mail once, and on their opening page until they have seen it."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.urls import reverse

from citydesk.city.correspondence import queries as letters
from citydesk.city.correspondence import services as correspondence
from citydesk.city.staff.tests.factories import access_of, join_team, make_team, make_user
from citydesk.contact.service_requests import handlers, queries, services
from citydesk.contact.service_requests.choices import EscalateTo
from citydesk.contact.service_requests.models import EscalationNotice, ServiceRequest
from citydesk.contact.service_requests.services.notices import people_of_step
from citydesk.contact.service_requests.tests.counted import change, close_plainly
from citydesk.contact.service_requests.tests.factories import HOUR, MORNING, load_city, make_request
from citydesk.kernel.errors import NotFound

pytestmark = pytest.mark.django_db
LATE = MORNING + 18 * HOUR


TEMPLATES = Path(__file__).parents[5] / "profiles/riverton/templates"


@pytest.fixture(autouse=True)
def city():
    files = [TEMPLATES / f"escalated.{language}.md" for language in ("en", "es")]
    load_city({f"templates/{one.name}": one.read_text() for one in files})


def late_tree():
    """A request whose first step is due at `LATE`, with the people the steps may name."""
    row = make_request("tree_down")
    row = ServiceRequest.objects.select_related("team").get(pk=row.pk)
    lead = make_user("a_lead", roles=["supervisor"], email="lead@city.example")
    member = make_user("a_member", roles=["supervisor"], email="member@city.example")
    join_team(lead, row.team, is_lead=True)
    join_team(member, row.team)
    return row, lead, member


def letters_of(row):
    rows = letters.list_messages("service_requests.request", row.pk)
    return [one for one in rows if one["template_code"] == "escalated"]


def names(people):
    return sorted(one.username for one in people)


def test_a_step_names_the_owner_else_the_leads_else_the_team():
    row, _lead, member = late_tree()
    assert names(people_of_step(row, EscalateTo.TEAM_LEAD, MORNING)) == ["a_lead"]
    assert names(people_of_step(row, EscalateTo.OWNER, MORNING)) == ["a_lead"]
    row.owner_id = member.pk
    assert names(people_of_step(row, EscalateTo.OWNER, MORNING)) == ["a_member"]
    row.team_id = None
    assert names(people_of_step(row, EscalateTo.TEAM_LEAD, MORNING)) == ["a_lead", "a_member"]  # both supervise


def test_roles_are_named_by_who_holds_them_for_the_department():
    row, _lead, _member = late_tree()
    make_user("other_lead", roles=["department_lead"], teams=[make_team("water")])
    own = make_user("own_lead", roles=["department_lead"])
    join_team(own, row.team)
    change(row.pk, department_id=row.team.department_id)
    row.department_id = row.team.department_id
    assert names(people_of_step(row, EscalateTo.DEPARTMENT_LEAD, MORNING)) == ["own_lead"]
    make_user("boss_of_all", roles=["director"])
    assert names(people_of_step(row, EscalateTo.DIRECTOR, MORNING)) == ["boss_of_all"]


def test_a_step_writes_to_each_person_once_and_marks_their_opening_page():
    row, lead, member = late_tree()
    services.escalate_due(now=LATE)
    told = {one.user_id for one in EscalationNotice.objects.filter(request=row)}
    assert told and not [one for one in EscalationNotice.objects.all() if one.message_id]
    handlers.on_escalated(payload={"request_id": row.pk}, event_id="e", happened_at=LATE, now=LATE)
    services.mail_notices(request_id=row.pk, now=LATE + HOUR)
    ours = letters_of(row)
    assert len(ours) == len(told)
    assert correspondence.deliver(message_id=ours[0]["id"], now=LATE) == "sent"
    assert "% used" in mail.outbox[-1].subject and row.number in mail.outbox[-1].body
    reader = access_of(next(one for one in (lead, member) if one.pk in told))
    listed = queries.list_told(reader, language="en")
    assert [one.number for one in listed] == [row.number]
    services.see_notice(notice_id=listed[0].id, access=reader, now=LATE + HOUR)
    assert queries.list_told(reader, language="en") == []


def test_of_the_steps_of_one_target_the_last_is_shown_and_seen_with_those_before_it():
    row, _lead, _member = late_tree()
    services.escalate_due(now=LATE)
    first = EscalationNotice.objects.filter(request=row).order_by("pk").first()
    about = {"request": row, "clock_id": first.clock_id, "user_id": first.user_id, "told_at": LATE}
    last = EscalationNotice.objects.create(step=first.step + 1, percent=100, to="supervisor", **about)
    reader = access_of(first.user)
    assert [one.id for one in queries.list_told(reader, language="en")] == [last.pk]
    services.see_notice(notice_id=last.pk, access=reader, now=LATE)
    assert not EscalationNotice.objects.filter(user_id=first.user_id, clock_id=first.clock_id, seen_at=None).exists()


def test_nobody_sees_or_clears_the_notice_of_another(client):
    row, _lead, _member = late_tree()
    services.escalate_due(now=LATE)
    stranger = make_user("a_stranger", roles=["supervisor"])
    notice = EscalationNotice.objects.filter(request=row).first()
    assert queries.list_told(access_of(stranger), language="en") == []
    with pytest.raises(NotFound):
        services.see_notice(notice_id=notice.pk, access=access_of(stranger), now=LATE)
    client.force_login(stranger, settings.AUTHENTICATION_BACKENDS[0])
    assert client.post(reverse("service_requests:see_notice", args=[notice.pk])).status_code == 404


def test_a_confidential_place_stays_out_of_the_mail():
    row, _lead, _member = late_tree()
    change(row.pk, is_confidential=True)
    services.escalate_due(now=LATE)
    services.mail_notices(request_id=row.pk, now=LATE)
    written = letters_of(row)
    assert written
    for one in written:
        assert row.place_label not in one["body"] and row.block_label not in one["body"]


def test_what_was_closed_meanwhile_is_not_told_any_more():
    row, lead, _member = late_tree()
    services.escalate_due(now=LATE)
    close_plainly(row.pk, LATE)
    assert queries.list_told(access_of(lead), language="en") == []
    assert services.escalate_due(now=LATE + timedelta(days=9)) == 0
