"""Referrals of the demo year's last weeks, answered and silent ones, a violation and an obligation that was filed."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.contact.referrals import queries, services
from citydesk.contact.referrals.choices import OBLIGE
from citydesk.contact.service_requests import queries as requests
from citydesk.kernel.actors import SYSTEM_ACCESS
from config.demo import told
from config.demo.problems import report

# What the other side says where the profile has no words of theirs.
WORDS = {
    "accept": "On our list for this week.",
    "done": "Seen to this morning.",
    "message": "Which pole number? It is on a metal tag.",
    "return": "This is not ours.",
}


def make_referrals(year: Any) -> None:
    """Refer, answer and stay silent as the other sides do; nothing where the city has none of these agencies."""
    for number, one in enumerate(told.stories("referral")):
        _one(year, number, one, year.end - timedelta(days=one["days"], hours=2))
    services.remind_due(now=year.end)
    _file_old(year)
    for one in told.stories("violation"):
        services.report_violation(
            agency_code=one["agency"],
            title=one["title"],
            text=one["text"],
            happened_on=profile.city_today(year.end - timedelta(days=6)),
            citation=one["citation"],
            access=year.office.supervisor,
            now=year.end - timedelta(days=5),
        )


def _file_old(year: Any) -> None:
    """What was owed to regulators in the year was filed in time, but for what fell due in the last weeks."""
    people = [staff.access_for(staff.user_with_rights(one.id, year.end), year.end) for one in staff.list_people()]
    person = next((one for one in people if one.may(OBLIGE)), None)
    if person is None:
        return
    past = profile.city_today(year.end) - timedelta(days=30)
    for due in queries.list_dues(person).filter(filed_at__isnull=True, due_on__lt=past).order_by("due_on"):
        paper = BytesIO()
        with pikepdf.new() as page:
            page.add_blank_page()
            page.save(paper)
        services.file_obligation(
            due_id=due.pk,
            filed_on=due.due_on - timedelta(days=3),
            note="Receipt of the agency",
            proof=SimpleUploadedFile("receipt.pdf", paper.getvalue(), "application/pdf"),
            access=person,
            now=year.end,
        )


def _one(year: Any, number: int, story: dict[str, Any], at: datetime) -> None:
    """Refer the newest open request of a kind that was there by then, and let the other side answer. Where there is
    none, somebody calls about one."""
    rows = requests.requests_in_sight(SYSTEM_ACCESS).filter(service__code=story["service"], received_at__lt=at)
    found = rows.filter(state__in=("open", "in_progress"), is_held=False).order_by("-received_at").first()
    referred = found or report(year, story["service"], year.places[40 + number], at - timedelta(hours=1))
    clerk = year.office.supervisor
    sent = services.send_referral(
        request_number=referred.number, agency_code=story["agency"], text=story["words"], access=clerk, now=at
    )
    answer = story["answer"]
    if answer:
        services.answer_by_link(
            token=queries.get_referral(clerk, sent, now=at).link.split("/")[2],
            answer=answer,
            name=story["by"] or "Howard Pell",
            text=story["reply"] or WORDS[answer],
            external_number=f"D2-{4410 + number}",
            key=f"demo-{number}",
            now=min(at + timedelta(hours=5), year.end),
        )
