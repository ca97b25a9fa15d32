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

# Code of the request, agency, how many days ago, what they are asked, what they answered.
SENT = (
    ("pothole", "state_roads", 12, "Pothole on Route 9, right lane, north of the bridge.", "accept"),
    ("sign_down", "state_roads", 9, "The sign for the Route 9 exit is down.", "done"),
    ("graffiti", "railway", 8, "Graffiti on the railway bridge at Harbor Blvd.", ""),
    ("street_light_out", "power", 5, "Street light out on a cooperative pole.", "message"),
    ("pothole", "state_roads", 3, "Deep pothole at the interstate ramp.", "return"),
    ("street_light_out", "power", 0, "Three lights in a row are dark.", ""),
    # What other profiles' cities pass on.
    ("pothole", "odot", 12, "Pothole on the highway's frontage road.", "accept"),
    ("signal_out", "odot", 9, "The signal at the highway ramp is dark.", "done"),
    ("debris", "odot", 2, "Debris on the highway ramp.", ""),
    ("pothole", "txdot", 12, "Pothole on the feeder road.", "accept"),
    ("traffic_signs", "txdot", 9, "The sign at the feeder road is down.", "done"),
    ("street_hazard", "txdot", 2, "Debris on the freeway ramp.", ""),
    ("sewer_problem", "wwta", 12, "Sewage on the street; the main is the county authority's.", "accept"),
    ("sewer_problem", "wwta", 4, "Smell of sewer all over the block.", ""),
    ("damaged_hydrant", "tn_american_water", 20, "Hydrant hit by a truck, it leaks.", "done"),
    ("bill_question", "county_sewer", 6, "Asks what the county's sewer charge is made of.", "accept"),
    ("bill_question", "city_sewer", 3, "Asks why the city's sewer charge went up.", ""),
)
WORDS = {
    "accept": "On our list for this week.",
    "done": "Seen to this morning.",
    "message": "Which pole number? It is on a metal tag.",
    "return": "The ramp is the county's.",
}


def make_referrals(year: Any) -> None:
    """Refer, answer and stay silent as the other sides do; nothing where the city has none of these agencies."""
    known = profile.entries("agencies", profile.city_today(year.end))
    for number, (code, agency, days, words, answer) in enumerate(one for one in SENT if one[1] in known):
        _one(year, number, code, agency, year.end - timedelta(days=days, hours=2), words, answer)
    services.remind_due(now=year.end)
    _file_old(year)
    if "state_water" not in known:
        return
    services.report_violation(
        agency_code="state_water",
        title="Oil in the creek below the car wash",
        text="A film of oil from the outfall, photographed from the bridge.",
        happened_on=profile.city_today(year.end - timedelta(days=6)),
        citation="Sample Water Code 12-220",
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


def _one(year: Any, number: int, code: str, agency: str, at: datetime, words: str, answer: str) -> None:
    """Refer the newest open request of a kind that was there by then, and let the other side answer."""
    rows = requests.requests_in_sight(SYSTEM_ACCESS).filter(service__code=code, received_at__lt=at)
    found = rows.filter(state__in=("open", "in_progress"), is_held=False).order_by("-received_at").first()
    if found is None:
        return
    clerk = year.office.supervisor
    sent = services.send_referral(request_number=found.number, agency_code=agency, text=words, access=clerk, now=at)
    if answer:
        services.answer_by_link(
            token=queries.get_referral(clerk, sent, now=at).link.split("/")[2],
            answer=answer,
            name="Howard Pell",
            text=WORDS[answer],
            external_number=f"D2-{4410 + number}",
            key=f"demo-{number}",
            now=min(at + timedelta(hours=5), year.end),
        )
