"""Service requests and the catalog in the JSON API, for partners' programs.

`requests.read` knows what the public knows of one request. `requests.view` reads requests as the desk does, without who
reported and never confidential ones; a key limited to some service codes sees those alone.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema, Status

from citydesk.city.customers import services as customers
from citydesk.city.places import queries as places
from citydesk.contact.service_requests import choices, queries, services
from citydesk.contact.service_requests.queries.public import get_public
from citydesk.kernel.actors import Access
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import Invalid, NotAllowed, NotFound
from citydesk.kernel.programs import once_by_key, page_by_key

router = Router(tags=["requests"])
SCOPE = "requests.read"


class Refusal(Schema):
    """Why something was refused."""

    code: str
    message: str
    field: str = ""
    hint: str = ""


class RequestOut(Schema):
    """Where a request stands, as the public may know it."""

    number: str
    service_code: str
    service_name: str
    is_open: bool
    state: str
    status_code: str
    status_text: str
    department: str
    received_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    expected_at: datetime | None


class RequestRow(Schema):
    """A request as the desk reads it, without who reported."""

    number: str
    service_code: str
    state: str
    is_open: bool
    close_reason: str
    urgency: str
    channel: str
    description: str
    place: str
    lat: float | None
    lon: float | None
    team: str
    received_at: datetime
    due_at: datetime | None
    updated_at: datetime
    closed_at: datetime | None
    version: int


class RequestPage(Schema):
    """A page of requests, newest first; `next` is the mark of the following page, empty on the last."""

    rows: list[RequestRow]
    next: str


class ReporterIn(Schema):
    """Who reports. Links to a known customer at most; never changes one."""

    given_name: str = Field("", max_length=80)
    family_name: str = Field("", max_length=80)
    email: str = Field("", max_length=254)
    phone: str = Field("", max_length=40)
    language: str = Field("en", max_length=8)


class RequestIn(Schema):
    """A new request. Where it is: `address`, or `lat` and `lon`."""

    service_code: str = Field(min_length=1, max_length=60)
    description: str = Field("", max_length=8000)
    address: str = Field("", max_length=200)
    lat: float | None = Field(None, ge=-90, le=90)
    lon: float | None = Field(None, ge=-180, le=180)
    answers: dict[str, str | list[str]] = Field(default_factory=dict)
    reporter: ReporterIn | None = None
    external_id: str = Field("", max_length=80)


class RecordedOut(Schema):
    """The number to keep, and by when it is due."""

    number: str
    due_at: datetime | None


class CatalogRow(Schema):
    """A kind of request. Questions are answered by their codes."""

    code: str
    group: str
    names: dict[str, str]
    descriptions: dict[str, str]
    location: str
    allow_anonymous: bool
    questions: list[dict[str, Any]]


_REFUSALS = {code: Refusal for code in (400, 401, 403, 404, 409, 422, 429)}
_SEEN = (
    "id", "number", "service__code", "state", "is_open", "close_reason", "urgency", "channel", "description",
    "place_label", "lat", "lon", "team__code", "received_at", "due_at", "updated_at", "closed_at", "version",
)  # fmt: skip
_NAMES = {"service__code": "service_code", "place_label": "place", "team__code": "team"}


@router.get("requests", response={200: RequestPage, **_REFUSALS}, operation_id="list_requests")
def list_requests(
    request: HttpRequest,
    after: str = "",
    limit: int = 50,
    state: str = "",
    service_code: str = "",
    updated_since: datetime | None = None,
) -> Any:
    """Requests, newest first. `updated_since` takes a time with its zone."""
    rows = _seen(request)
    if state:
        rows = rows.filter(state=_known(state, list(choices.RequestState), "state"))
    if service_code:
        rows = rows.filter(service__code=service_code.replace("\x00", ""))
    if updated_since is not None:
        if updated_since.tzinfo is None:
            raise Invalid(_("Write the time with its zone."), field="updated_since")
        rows = rows.filter(updated_at__gte=updated_since)
    found, mark = page_by_key(rows.values(*_SEEN), name="requests", after=after, limit=limit)
    return {"rows": [_row(one) for one in found], "next": mark}


@router.get("requests/{number}", response={200: RequestOut, **_REFUSALS}, operation_id="request")
def request_status(request: HttpRequest, number: str) -> Any:
    """Where a request stands. 404 alike for unknown numbers and for those nobody may know of."""
    require(request, SCOPE)
    return get_public(number)


@router.get("requests/{number}/work", response={200: RequestRow, **_REFUSALS}, operation_id="request_work")
def request_work(request: HttpRequest, number: str) -> Any:
    """One request as the desk reads it, without who reported."""
    found = _seen(request).filter(number=number.replace("\x00", "").upper()).values(*_SEEN).first()
    if found is None:
        raise NotFound(_("There is no such request."))
    return _row(found)


@router.post("requests", response={201: RecordedOut, **_REFUSALS}, operation_id="record_request")
def record(request: HttpRequest, given: RequestIn) -> Any:
    """Record a request. With the header `Idempotency-Key` once for each key, however often it is sent."""
    partner = require(request, "requests.write")
    if not partner.may_report(given.service_code):
        raise NotAllowed(_("This key may not report this service."), hint=given.service_code)
    made = once_by_key(
        request, act_name="record_request", given=given.model_dump(), act=lambda: _record(given, partner)
    )
    return Status(201, made)


def _record(given: RequestIn, partner: Any) -> dict[str, Any]:
    now = utc_now()
    has_point = given.lat is not None and given.lon is not None
    place = None
    if given.address.strip() or has_point:
        place = (
            places.resolve(_clean(given.address), lat=given.lat, lon=given.lon)
            if has_point
            else places.resolve(_clean(given.address))
        )
    with transaction.atomic():
        made = services.record_request(
            intake=services.RequestIntake(
                service_code=given.service_code,
                channel="api",
                received_at=now,
                description=_clean(given.description),
                answers={_clean(code): value for code, value in given.answers.items()},
                place=place,
                reporter=_reporter(given.reporter, partner, now),
                is_anonymous=given.reporter is None,
                source=partner.actor.label[:60],
                external_id=_clean(given.external_id),
            ),
            actor=partner.actor,
            now=now,
        )
    return {"number": made.number, "due_at": made.due_at.isoformat() if made.due_at else None}


def _reporter(given: ReporterIn | None, partner: Any, now: datetime) -> services.Person | None:
    if given is None:
        return None
    names = {"given_name": _clean(given.given_name), "family_name": _clean(given.family_name)}
    reach = {"phone": _clean(given.phone), "email": _clean(given.email), "language": given.language}
    known = customers.match_or_create(**names, **reach, actor=partner.actor, now=now)
    channel, to = ("email", reach["email"]) if "@" in reach["email"] else ("none", "")
    return services.Person(" ".join(filter(None, names.values())), channel, to, given.language, known.id)


@router.get("catalog", response={200: list[CatalogRow], **_REFUSALS}, operation_id="catalog", tags=["catalog"])
def catalog(request: HttpRequest) -> Any:
    """What can be requested today, with the questions asked."""
    partner = require(request, "catalog.read")
    groups = queries.list_catalog(queries.today(utc_now()), with_internal=False)
    offered = [one for group in groups for one in group.services if partner.may_report(one.code)]
    return [
        {
            "code": one.code,
            "group": one.group,
            "names": dict(one.names),
            "descriptions": dict(one.descriptions),
            "location": str(one.location),
            "allow_anonymous": one.allow_anonymous,
            "questions": [
                {"code": ask.code, "type": str(ask.type), "ask": dict(ask.ask), "choices": list(ask.choices)}
                for ask in one.questions
            ],
        }
        for one in offered
        if not one.is_confidential
    ]


def require(request: HttpRequest, scope: str) -> Any:
    """The caller, if its key has the scope. Raises `NotAllowed`."""
    partner = request.auth  # type: ignore[attr-defined]  # ninja puts the partner there
    if not partner.may(scope):
        raise NotAllowed(_("This key may not do this."), hint=scope)
    return partner


def _seen(request: HttpRequest) -> Any:
    partner = require(request, "requests.view")
    access = Access(partner.actor, frozenset({choices.VIEW, choices.VIEW_ALL}))
    rows = queries.requests_in_sight(access)
    return rows.filter(service__code__in=sorted(partner.service_codes)) if partner.service_codes else rows


def _row(found: dict[str, Any]) -> dict[str, Any]:
    return {
        _NAMES.get(name, name): value if value is not None or name != "team__code" else ""
        for name, value in found.items()
    }


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()


def _known(value: str, known: list[Any], field: str) -> str:
    if value not in known:
        raise Invalid(_("This is not one of the values."), field=field, hint=", ".join(known))
    return value
