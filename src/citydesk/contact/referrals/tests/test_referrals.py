"""A request handed outside: the clock of the answer, reminders, the link, what each answer does to the request."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from citydesk.city.correspondence import queries as correspondence
from citydesk.contact.referrals import queries, rules, services
from citydesk.contact.referrals.models import Referral, ReferralFile
from citydesk.contact.referrals.queries.links import path_of, require_link
from citydesk.contact.referrals.tests.factories import load_with_agencies, make_referral, sender
from citydesk.contact.service_requests import queries as request_queries
from citydesk.contact.service_requests import services as requests
from citydesk.contact.service_requests.tests.factories import MORNING
from citydesk.kernel.actors import Access
from citydesk.kernel.calendars import parse_calendar
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from citydesk.kernel.idempotency import OtherBody

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OFFICE = parse_calendar({"weekly": {day: "08:00-17:00" for day in ("mon", "tue", "wed", "thu", "fri")}}, "UTC")


@pytest.fixture
def city(db):
    load_with_agencies()


def token_of(row):
    return path_of(row.link_key).removeprefix("/refer/").rstrip("/")


def answer(row, code, text="", *, now=MORNING + HOUR, key="", **more):
    key = key or f"{code}-{now}-{text}"
    return services.answer_by_link(
        token=token_of(row), answer=code, name="Pat Doe", text=text, key=key, now=now, **more
    )


def photo(name="proof.jpg", color="gray"):
    raw = BytesIO()
    Image.new("RGB", (40, 30), color).save(raw, "JPEG")
    return SimpleUploadedFile(name, raw.getvalue(), "image/jpeg")


def now_of(row):
    fresh = Referral.objects.select_related("request", "agency").get(pk=row.pk)
    return fresh, fresh.request


def mails(row, template):
    """Bodies of the mails to the other side."""
    found = correspondence.list_messages("referrals.referral", row.pk)
    return [one["body"] for one in found if one["template_code"] == template]


def test_sending_refers_the_request_counts_open_hours_and_writes_once(city):
    row = make_referral(access=sender())
    # Tuesday 09:10; eight open hours with a lunch break end on Wednesday at 09:10.
    assert row.acknowledge_at == MORNING + DAY
    assert row.number.startswith("RF-26-") and row.request.state == "referred"
    (body,) = mails(row, "referral")
    assert path_of(row.link_key) in body and "Please fill it." in body
    # A request has one open referral.
    with pytest.raises(Conflict):
        services.send_referral(
            request_number=row.request.number, agency_code="roads", text="again", access=sender("di"), now=MORNING
        )


def test_who_may_not_refer_or_see_is_refused(city):
    row = make_referral(access=sender())
    nobody = Access(sender("other", "crew").actor)
    with pytest.raises(NotAllowed):
        services.send_referral(
            request_number=row.request.number, agency_code="roads", text="x", access=nobody, now=MORNING
        )
    with pytest.raises(NotFound):
        queries.get_referral(nobody, row.number, now=MORNING)
    # A department worker sees the referrals of the department's own requests.
    stranger = sender("worker", "department_worker")
    assert not queries.list_referrals(stranger).exists()


def test_accepting_keeps_it_outside_and_done_brings_it_back_to_look(city):
    row = make_referral(access=sender())
    answer(row, "accept", external_number="ST-77")
    fresh, request = now_of(row)
    assert (fresh.state, fresh.external_number, request.state) == ("accepted", "ST-77", "referred")
    assert fresh.acknowledged_at == MORNING + HOUR and fresh.remind_at is None
    answer(row, "done", "Filled with asphalt.", files=[photo()])
    fresh, request = now_of(row)
    assert (fresh.state, request.state, request.is_open) == ("done", "open", True)
    assert ReferralFile.objects.get(referral=row).is_ours is False
    assert [one.state for one in request.referrals.all()] == ["ended"]


def test_done_by_an_agency_whose_word_closes_closes(city):
    row = make_referral("power", access=sender())
    answer(row, "done", "Lámpara cambiada.")
    fresh, request = now_of(row)
    assert (fresh.state, request.state, request.close_reason) == ("done", "closed", "done")


def test_returning_needs_a_reason_and_gives_it_back(city):
    row = make_referral(access=sender())
    with pytest.raises(Invalid) as refused:
        answer(row, "return", " ")
    assert refused.value.field == "text"
    answer(row, "return", "County road 12.")
    fresh, request = now_of(row)
    assert (fresh.state, request.state) == ("returned", "open")
    with pytest.raises(Conflict):
        answer(row, "message", "one more thing")


def test_a_message_is_an_answer_too_and_stands_among_the_notes(city):
    row = make_referral(access=sender())
    answer(row, "message", "Which lane? Card 4111 1111 1111 1111")
    fresh, request = now_of(row)
    assert fresh.state == "accepted" and queries.count_chase(sender("x"), MORNING)["news"] == 1
    (note,) = request_queries.get_request(sender("reader"), request.number, now=MORNING).notes
    assert "Which lane?" in note.text and "4111 1111" not in note.text and "State roads" in note.author_label
    services.write_message(referral_id=row.pk, text="The right one.", access=sender("y"), now=MORNING + 2 * HOUR)
    assert queries.count_chase(sender("z"), MORNING)["news"] == 0
    assert [("The right one." in body) for body in mails(row, "referral_message")] == [True]


def test_the_same_answer_twice_is_taken_once_and_another_under_its_key_refused(city):
    row = make_referral(access=sender())
    for _again in range(3):
        answer(row, "message", "hello", key="k1")
    assert queries.get_by_link(token_of(row), now=MORNING).said.__len__() == 2
    with pytest.raises(OtherBody):
        answer(row, "message", "something else", key="k1")
    # The same words with the same picture are the same answer; with another picture they are not.
    for _again in range(2):
        answer(row, "message", "see here", key="k2", files=[photo()])
    assert ReferralFile.objects.count() == 1
    with pytest.raises(OtherBody):
        answer(row, "message", "see here", key="k2", files=[photo(color="white")])


def test_silence_is_reminded_so_often_and_then_left_to_people(city):
    row = make_referral(access=sender())
    assert services.remind_due(now=MORNING + HOUR) == 0
    late = row.acknowledge_at
    assert [services.remind_due(now=late), services.remind_due(now=late)] == [1, 0]
    assert services.remind_due(now=late + 2 * DAY) == 1
    assert services.remind_due(now=late + 9 * DAY) == 0
    assert len(mails(row, "referral_reminder")) == 2
    counts = queries.count_chase(sender("boss"), late + 9 * DAY)
    assert (counts["silent"], counts["late"]) == (1, 1)


def test_links_are_signed_end_and_are_revoked(city):
    row = make_referral(access=sender())
    token = token_of(row)
    assert len(row.link_key) >= 32
    for wrong in (token[:-1] + ("A" if token[-1] != "A" else "B"), row.link_key, "", "x" * 300, f"{row.pk}~{token}"):
        with pytest.raises(NotFound):
            require_link(wrong, now=MORNING)
    with pytest.raises(NotFound):
        require_link(token, now=MORNING + 30 * DAY)
    services.renew_link(referral_id=row.pk, access=sender("a"), now=MORNING + HOUR)
    with pytest.raises(NotFound):
        require_link(token, now=MORNING + HOUR)
    fresh, _request = now_of(row)
    services.revoke_link(referral_id=row.pk, reason="went astray", access=sender("b"), now=MORNING + HOUR)
    with pytest.raises(NotFound):
        require_link(token_of(fresh), now=MORNING + HOUR)


def test_closing_or_taking_back_the_request_ends_its_referral(city):
    row = make_referral(access=sender())
    requests.close(request_id=row.request_id, reason="done", access=sender("c"), now=MORNING + HOUR)
    _handle(row)
    fresh, _request = now_of(row)
    assert fresh.state == "ended" and len(mails(row, "referral_ended")) == 1
    second = make_referral(access=sender("d"))
    services.end_referral(referral_id=second.pk, reason="a mistake", access=sender("e"), now=MORNING + HOUR)
    fresh, request = now_of(second)
    assert (fresh.state, request.state) == ("ended", "open")


def _handle(row):
    from citydesk.contact.referrals.handlers import on_request_closed

    on_request_closed(
        payload={"request_id": row.request_id}, event_id="e", happened_at=MORNING + HOUR, now=MORNING + HOUR
    )


def test_an_earlier_happening_does_not_end_a_later_referral(city):
    row = make_referral(access=sender())
    assert services.end_for_request(request_id=row.request_id, happened_at=MORNING - HOUR, now=MORNING) == 0


@given(hours=st.integers(1, 200), every=st.integers(1, 100), start=st.datetimes(timezones=st.just(MORNING.tzinfo)))
def test_dues_lie_in_open_time_and_reminders_come_after_now(hours, every, start):
    start = start.replace(year=2026) if (start.month, start.day) != (2, 29) else MORNING
    dues = rules.dues_of(OFFICE, start, acknowledge_hours=hours, finish_hours=None, link_days=10)
    assert OFFICE.business_between(start, dues.acknowledge_at) == hours * HOUR
    assert dues.finish_at is None and dues.link_ends_at == start + 10 * DAY
    again = rules.next_reminder(OFFICE, start, every_hours=every, sent_before=0, most=2)
    assert again is not None and again > start
    assert rules.next_reminder(OFFICE, start, every_hours=every, sent_before=1, most=2) is None
