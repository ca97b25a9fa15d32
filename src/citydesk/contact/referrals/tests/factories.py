"""A small city with an agency, and referrals made through the services."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from citydesk.city.profile import queries as profile
from citydesk.city.staff.tests.factories import access_of, make_team, make_user
from citydesk.contact.referrals import services
from citydesk.contact.referrals.models import Referral
from citydesk.contact.service_requests.tests.factories import MORNING, load_city, make_request
from citydesk.kernel.actors import Access

AGENCIES = """
[agency.roads]
name = {en = "State roads", es = "Carreteras del estado"}
kind = "agency"
way = "email"
email = "roads@example.org"
acknowledge_hours = 8
finish_hours = 40
remind_hours = 4
reminders = 2
link_days = 30
[[agency.roads.agreements]]
name = {en = "Route 9", es = "Ruta 9"}
signed_on = 2025-01-01
ends_on = 2026-12-31

[agency.power]
name = {en = "Power", es = "Luz"}
kind = "utility"
way = "link"
language = "es"
acknowledge_hours = 4
closes = true
"""
_MAILS = ("referral", "referral_reminder", "referral_message", "referral_ended", "procedure_new", "procedure_reminder")


def extra() -> dict[str, str]:
    """Files of a small city with two agencies and the shipped words to them."""
    folder = Path(settings.PROFILES_DIR) / "riverton" / "templates"
    words = {f"templates/{path.name}": path.read_text() for one in _MAILS for path in folder.glob(f"{one}.*.md")}
    return {"agencies.toml": AGENCIES, **words}


def load_with_agencies(changes: dict[str, str] | None = None, *, now: datetime = MORNING) -> None:
    """The small city of the service requests with agencies."""
    load_city({**extra(), **(changes or {})}, now=now)


def sender(username: str = "dana", role: str = "supervisor") -> Access:
    """Somebody who may refer."""
    return access_of(make_user(username, roles=[role], teams=[make_team("desk_311")]))


def make_referral(agency: str = "roads", *, access: Access, now: datetime = MORNING, **more: Any) -> Referral:
    """A referred pothole."""
    request = make_request(now=now)
    number = services.send_referral(
        request_number=request.number, agency_code=agency, text="Please fill it.", access=access, now=now, **more
    )
    return Referral.objects.select_related("agency", "request").get(number=number)


OWED = """
[obligation.storm]
name = {en = "Storm report", es = "Informe pluvial"}
regulator = "roads"
citation = "Code 12"
recurrence = "yearly"
first_due = 2026-10-31
"""


def pages(now: datetime) -> tuple[list[str], str]:
    """Addresses of one page of each kind for the desk, and of the other side's page."""
    from django.urls import reverse

    from citydesk.contact.referrals.choices import CONNECT, HOOK_EVENTS
    from citydesk.contact.referrals.models import DueDate, Webhook
    from citydesk.contact.referrals.queries.links import path_of

    boss = sender("referrals_boss")
    row = make_referral("power", access=boss, now=now)
    other = make_request(now=now)
    today = profile.city_today(now)
    number = services.report_violation(
        agency_code="roads", title="Oil", text="A slick", happened_on=today, access=boss, now=now
    )
    connect = Access(boss.actor, frozenset({CONNECT}))
    services.make_webhook(name="Works", url="https://hooks.example.org/", events=HOOK_EVENTS, access=connect, now=now)
    payload = {"request_id": row.request_id, "number": row.request.number}
    services.queue_event(event=HOOK_EVENTS[1], event_id="walked", payload=payload, happened_at=now, now=now)
    desk = [
        reverse("referrals:detail", args=[row.number]),
        reverse("referrals:new", args=[other.number]),
        reverse("referrals:of_request", args=[row.request.number]),
        reverse("referrals:agency", args=["roads"]),
        reverse("referrals:violation", args=[number]),
        reverse("referrals:program", args=[Webhook.objects.latest("pk").pk]),
        *(reverse("referrals:obligation", args=[one.pk]) for one in DueDate.objects.all()[:1]),
    ]
    return desk, path_of(row.link_key)
