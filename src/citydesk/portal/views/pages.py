"""How every page of the site leaves: not kept by shared computers, its address told to nobody."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from citydesk.city.profile import queries as profile
from citydesk.kernel.pages import render
from citydesk.kernel.telephone import phone_words


@dataclass(frozen=True)
class Site:
    """What the city says of itself on every page, in the reader's language. `call` is the number as a link."""

    name: str
    phone: str
    call: str
    email: str
    office_address: str
    emergency_phone: str
    emergency: str
    hours: str
    slogan: str
    confidentiality: str
    privacy: str


def site_of(language: str) -> Site:
    """The city's own words."""
    city = profile.city()
    return Site(
        name=city.name,
        phone=city.phone_short or phone_words(city.phone),
        call=city.phone_short or city.phone,
        email=city.email,
        office_address=city.office_address,
        emergency_phone=city.emergency_phone,
        **{one: city.text(one, language) for one in ("emergency", "hours", "slogan", "confidentiality", "privacy")},
    )


def language_of() -> str:
    """The reader's language as the rooms below know it."""
    return (get_language() or "en").split("-")[0]


def show(
    request: HttpRequest, template: str, values: dict[str, Any], *, status: int = 200, is_private: bool = True
) -> HttpResponse:
    """A page of the site. Private ones hold what somebody typed or a link that opens their report: they stay in no
    cache, in no search engine, and no other site hears their address."""
    answer = render(request, f"portal/{template}.jinja", {"site": site_of(language_of()), **values}, status=status)
    if is_private:
        keep_private(answer)
    return answer


def keep_private(answer: HttpResponse) -> None:
    """Mark an answer as nobody else's business."""
    answer["Cache-Control"] = "no-store, private"
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex, nofollow"
