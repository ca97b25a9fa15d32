"""The day's work of pairing: what has no pair, what may belong together, and pairs taken apart."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from citydesk.city.profile import queries as profile
from citydesk.contact.traffic import forms, queries, services
from citydesk.contact.traffic.choices import MANAGE
from citydesk.contact.traffic.labels import PAIR_REASONS
from citydesk.contact.traffic.views.shown import queue_names, show
from citydesk.kernel.acts import REFUSALS, Refusal
from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import access_of, needs


@needs(MANAGE)
@require_GET
def pairing(request: HttpRequest) -> HttpResponse:
    """A day's legs without a record, records without a call, and its pairs."""
    return _page(request)


def _page(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    access, now = access_of(request), utc_now()
    on = forms.day_or(request.GET.get("on", "") or request.POST.get("on", ""), profile.city_today(now))
    context: dict[str, Any] = {
        "on": on,
        "queue_names": queue_names(),
        "counted": queries.count_day(access=access, day=on),
        "without_record": queries.answered_without_record(access=access, day=on),
        "without_call": queries.record_without_call(access=access, day=on),
        "pairs": [
            {"pair": one, "reasons": reasons_in_words(one.reasons)} for one in queries.list_pairs(access=access, day=on)
        ],
    }
    return show(request, "pairing.jinja", context, refusal)


@needs(MANAGE)
@require_GET
def pairing_leg(request: HttpRequest, leg_id: int) -> HttpResponse:
    """A call without a record, and the contacts that may be it."""
    access = access_of(request)
    leg = queries.get_unpaired_leg(access=access, leg_id=leg_id)
    found = queries.contacts_for(access=access, leg_id=leg_id)
    choices = [{"choice": one, "reasons": reasons_in_words(one.reasons)} for one in found]
    names = queue_names()
    context = {
        "leg": leg,
        "queue_name": names.get(leg.queue_code, leg.queue_code),
        "choices": choices,
        "on": _day_of(leg.answered_at),
    }
    return show(request, "pairing_leg.jinja", context)


@needs(MANAGE)
@require_GET
def pairing_contact(request: HttpRequest, number: str) -> HttpResponse:
    """A record without a call, and the calls that may be it."""
    access, now = access_of(request), utc_now()
    found = queries.legs_for(access=access, number=number, now=now)
    choices = [{"choice": one, "reasons": reasons_in_words(one.reasons)} for one in found]
    return show(
        request, "pairing_contact.jinja", {"number": number, "choices": choices, "on": request.GET.get("on", "")}
    )


@needs(MANAGE)
@require_POST
def pairing_act(request: HttpRequest) -> HttpResponse:
    """Pair a leg and a contact, or take a pair apart."""
    access, now = access_of(request), utc_now()
    leg_id = request.POST.get("leg", "")
    number = request.POST.get("number", "")
    on = request.POST.get("on", "")
    try:
        if request.POST.get("act") == "unpair":
            services.unpair(leg_id=int(leg_id) if leg_id.isdecimal() else 0, access=access, now=now)
        else:
            services.pair_by_hand(
                leg_id=int(leg_id) if leg_id.isdecimal() else 0, number=number, access=access, now=now
            )
    except REFUSALS as error:
        return _page(request, Refusal("pair", error, request.POST))
    return redirect(f"{reverse('traffic:pairing')}?on={forms.day_or(on, profile.city_today(now)).isoformat()}")


def _day_of(moment: Any) -> str:
    return str(moment.astimezone(profile.local_zone()).date().isoformat())


def reasons_in_words(reasons: tuple[str, ...]) -> list[str]:
    """The reasons of a score as sentences: "during:8" is eight seconds from the answer, during the call."""
    found = []
    for one in reasons:
        code, _colon, seconds = one.partition(":")
        words = PAIR_REASONS.get(code)
        found.append(str(words) % {"seconds": seconds} if words and seconds else str(words or one))
    return found or [_("a person said so")]
