"""My schedule: the week, swaps, open shifts, calling in sick, and the calendar a phone reads."""

from datetime import date, datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from citydesk.city.profile import queries as profile
from citydesk.kernel.actors import Access
from citydesk.kernel.acts import Act, Refusal, act_on, version_of
from citydesk.kernel.clock import utc_now
from citydesk.kernel.documents import render_pdf
from citydesk.kernel.errors import Invalid
from citydesk.kernel.pages import access_of, needs, public
from citydesk.kernel.texts import clock, short_date
from citydesk.kernel.throttle import client_network, throttle
from citydesk.management.workforce import labels, services
from citydesk.management.workforce.choices import OWN
from citydesk.management.workforce.queries import mine as queries
from citydesk.management.workforce.queries.published import week_of
from citydesk.management.workforce.rules.ics import Event, calendar
from citydesk.management.workforce.views.shown import chosen_day, number, show

_WEEKS_ON_PAPER = 4
_SOON = timedelta(hours=36)  # how far ahead somebody calls in sick


@needs(OWN)
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """One's week; this one unless the address names a day of another."""
    return _page(request)


def _page(request: HttpRequest, refusal: Refusal | None = None, address: str = "") -> HttpResponse:
    now = utc_now()
    monday = week_of(chosen_day(request.GET.get("week", ""), profile.city_today(now)))
    page = queries.my_week(access_of(request), monday, now=now)
    context: dict[str, Any] = {
        "page": page,
        "me": access_of(request).actor.staff_id,
        "earlier": monday - timedelta(days=7),
        "later": monday + timedelta(days=7),
        "today": profile.city_today(now),
        "notices": [_told(one) for one in page.notices],
        "at_soon": now + _SOON,
        "feed_address": address,
        "refused_day": refusal.typed.get("day", "") if refusal else "",
    }
    return show(request, "mine.jinja", context, now, refusal)


def _told(one: dict[str, Any]) -> str:
    words = labels.NOTICES.get(one["code"], labels.NOTICES["shift_changed"])
    day = one["facts"].get("day")
    return str(words) % {"day": labels.dayname(date.fromisoformat(day)) if day else ""}


@needs(OWN)
@require_GET
def offer(request: HttpRequest, day: str) -> HttpResponse:
    """Whom to offer a shift to, and for which of theirs."""
    return _offer(request, day)


def _offer(request: HttpRequest, day: str, refusal: Refusal | None = None) -> HttpResponse:
    now = utc_now()
    chosen = number((refusal.typed if refusal else request.GET).get("colleague", ""))
    page = queries.offer_page(access_of(request), chosen_day(day, date.min), chosen or None, now=now)
    if page is None:
        raise Http404
    return show(request, "offer.jinja", {"page": page}, now, refusal)


@needs(OWN)
@require_POST
def offer_act(request: HttpRequest, day: str) -> HttpResponse:
    """Offer the shift."""
    return act_on(
        request,
        {"offer": _offered},
        find=lambda access: 0,
        refused=lambda refusal: _offer(request, day, refusal),
        done=lambda: redirect(_address(day)),
    )


def _offered(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
    typed = request.POST
    back = typed.get("back", "")
    if not back:
        raise Invalid(_("Say what you would get in return."), field="back")
    services.offer_swap(
        day=chosen_day(typed.get("day", ""), date.min),
        taker_id=number(typed.get("colleague", "")),
        back_day=None if back == "none" else chosen_day(back, date.min),
        note=typed.get("note", ""),
        access=access,
        now=now,
    )


def _address(day: str) -> str:
    return f"{reverse('workforce:mine')}?week={chosen_day(day, date.min)}"


@needs(OWN)
@require_POST
def mine_act(request: HttpRequest) -> HttpResponse:
    """One door for what somebody does about their own shifts."""
    week = request.POST.get("week", "")
    return act_on(
        request,
        _ACTS,
        find=lambda access: number(request.POST.get("id", "")),
        refused=lambda refusal: _page(request, refusal),
        done=lambda: redirect(_address(week) if week else reverse("workforce:mine")),
    )


@needs(OWN)
@require_POST
def feed_made(request: HttpRequest) -> HttpResponse:
    """Make a calendar address and show it, this once."""
    token = services.open_feed(access=access_of(request), now=utc_now())
    return _page(request, address=request.build_absolute_uri(reverse("workforce:feed", args=[token])))


def _accept(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
    services.answer_swap(swap_id=record_id, is_accepted=True, access=access, now=now, version=version_of(request.POST))


def _decline(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
    services.answer_swap(swap_id=record_id, is_accepted=False, access=access, now=now, version=version_of(request.POST))


def _withdraw(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
    services.withdraw_swap(swap_id=record_id, access=access, now=now, version=version_of(request.POST))


def _bid(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
    services.place_bid(open_shift_id=record_id, access=access, now=now)


def _unbid(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
    services.withdraw_bid(open_shift_id=record_id, access=access, now=now)


def _sick(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
    if request.POST.get("is_sure") != "1":
        raise Invalid(_("Tick that you cannot come."), field="is_sure")
    services.call_in_sick(day=chosen_day(request.POST.get("day", ""), date.min), access=access, now=now)


def _read(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
    services.read_notices(access=access, now=now)


def _end_feed(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
    services.close_feed(access=access, now=now)


_ACTS: dict[str, Act] = {
    "accept": _accept,
    "decline": _decline,
    "withdraw": _withdraw,
    "bid": _bid,
    "unbid": _unbid,
    "sick": _sick,
    "read": _read,
    "end_feed": _end_feed,
}


@public("a calendar program cannot sign in: the address itself is the secret, made and ended by the person")
@require_GET
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """One's shifts as a calendar; nothing of the person but when they work."""
    now = utc_now()
    throttle(f"workforce.feed:{client_network(request)}", limit=120, per_seconds=3600, now=now)
    shifts = queries.shifts_of_feed(services.digest_of(token=token), now=now)
    if shifts is None:
        raise Http404
    host = request.get_host().partition(":")[0]
    events = [
        Event(f"shift-{one.day.isoformat()}-{one.starts_at:%H%M}@{host}", one.starts_at, one.ends_at, now, _("Shift"))
        for one in shifts
    ]
    response = HttpResponse(calendar(_("My shifts"), events), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="shifts.ics"'
    response["Cache-Control"] = "no-store, private"
    return response


@needs(OWN)
@require_GET
def paper(request: HttpRequest) -> HttpResponse:
    """Four weeks of one's shifts as a PDF."""
    now = utc_now()
    monday = week_of(chosen_day(request.GET.get("week", ""), profile.city_today(now)))
    shifts = queries.weeks_on_paper(access_of(request), monday, _WEEKS_ON_PAPER, now=now)
    data = {
        "title": _("My shifts from %(day)s") % {"day": short_date(monday)},
        "summary": _("%(name)s, four weeks, as published on %(day)s.")
        % {"name": access_of(request).actor.label, "day": short_date(profile.city_today(now))},
        "columns": [
            {"label": _("Day"), "align": "left"},
            {"label": _("From"), "align": "left"},
            {"label": _("Until"), "align": "left"},
            {"label": _("Meal"), "align": "left"},
            {"label": _("Paid hours"), "align": "right"},
        ],
        "rows": [
            [
                labels.dayname(one.day),
                clock(one.starts_at),
                clock(one.ends_at),
                _meal(one),
                labels.hours(one.paid_minutes),
            ]
            for one in shifts
        ],
        "foot": "",
    }
    pdf = render_pdf("kernel/list.typ", data, language=get_language() or "en", now=now)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="shifts.pdf"'
    response["Cache-Control"] = "no-store, private"
    return response


def _meal(one: Any) -> str:
    found = next(((start, end) for kind, start, end, _label in one.activities if kind == "meal"), None)
    return f"{clock(found[0])}–{clock(found[1])}" if found else ""
