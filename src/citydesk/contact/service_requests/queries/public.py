"""What the public reads of requests: the one place that decides it, for Open311, the portal and everybody else.

Never public: held and confidential requests, those of a confidential or internal code, and those whose code says
"nothing". Of the others a reader gets what `rules.publicity` lets through, and nothing else leaves this module.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Case, DecimalField, F, FloatField, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce, Round
from django.utils.translation import gettext as _

from citydesk.contact.service_requests.choices import NoteKind, PublicPlace, PublicText, ReviewState
from citydesk.contact.service_requests.labels import in_language
from citydesk.contact.service_requests.models import Note, RequestFile, ServiceRequest
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.queries.public_words import PUBLIC_STATUS
from citydesk.contact.service_requests.rules import publicity
from citydesk.kernel.errors import NotFound
from citydesk.kernel.files import links_to
from citydesk.kernel.numbering import parse_number

# What a filter may ask for at once; the identifiers of a comma list are limited by the request line instead.
MOST_ROWS = 1000
# A published place is rounded to so many decimals of a degree; see `places.rules.public_point`.
_PLACE_DECIMALS = 3

_COLUMNS = (
    "id",
    "number",
    "state",
    "close_reason",
    "is_open",
    "received_at",
    "updated_at",
    "closed_at",
    "promised_at",
    "status_text",
    "description",
    "public_text",
    "public_text_state",
    "place_label",
    "block_label",
    "address_id",
    "zip",
    "lat",
    "lon",
    "photo_count",
    "answers",
    "policy_date",
    "service__code",
    "service__name",
    "service__names",
    "service__public_text",
    "service__public_place",
    "service__photos",
    "department__names",
)


@dataclass(frozen=True)
class PublicRequest:
    """A request as anybody may read it. `updated_at` is the closing time once it is closed.

    `address` and coordinates are exact, reduced to the block, or withheld, as the code says. `photo_urls` are reviewed
    photos only. `answers` are those to public questions, by question code.
    """

    number: str
    service_code: str
    service_name: str
    is_open: bool
    state: str
    status_code: str
    status_text: str
    description: str
    department: str
    received_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    expected_at: datetime | None
    address: str
    address_id: int | None
    zip: str
    lat: float | None
    lon: float | None
    photo_urls: tuple[str, ...] = ()
    answers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PublicNote:
    """An update written for the public."""

    at: datetime
    text: str


@dataclass(frozen=True)
class PublicFilter:
    """What to list. `numbers` overrides everything else. Times are bounds on receipt or on the public update time.

    `bbox` is west, south, east, north in degrees and looks at the published coordinates, never at finer ones.
    """

    numbers: tuple[str, ...] = ()
    service_codes: tuple[str, ...] = ()
    is_open: bool | None = None
    received_from: datetime | None = None
    received_to: datetime | None = None
    updated_from: datetime | None = None
    updated_to: datetime | None = None
    bbox: tuple[float, float, float, float] | None = None
    offset: int = 0
    limit: int = MOST_ROWS


def list_public(wanted: PublicFilter, *, language: str = "") -> list[PublicRequest]:
    """The public requests of a filter, newest first. Two statements, three where photos are among them."""
    rows = public_rows()
    if wanted.numbers:
        numbers = {parse_number(one) or one for one in wanted.numbers}
        return _shown(rows.filter(number__in=numbers).order_by("-received_at", "-id"), language)
    rows = _narrowed(rows, wanted).order_by("-received_at", "-id")
    return _shown(rows[wanted.offset : wanted.offset + min(wanted.limit, MOST_ROWS)], language)


def get_public(number: str, *, language: str = "") -> PublicRequest:
    """One public request. `NotFound` alike for what does not exist and for what nobody may know of."""
    found = _shown(public_rows().filter(number=parse_number(number) or ""), language)
    if not found:
        raise NotFound(_("There is no such request."), field="service_request_id")
    return found[0]


def list_public_notes(numbers: Sequence[str]) -> dict[str, list[PublicNote]]:
    """The public notes of public requests, oldest first, by number."""
    notes: dict[str, list[PublicNote]] = {}
    allowed = public_rows().filter(number__in=numbers)
    for number, at, text in (
        Note.objects.filter(request__in=allowed, kind=NoteKind.PUBLIC)
        .order_by("written_at", "pk")
        .values_list("request__number", "written_at", "text")
    ):
        notes.setdefault(number, []).append(PublicNote(at, text))
    return notes


def may_open_publicly(file_id: int) -> bool:
    """Whether anybody may open a request's photo: reviewed, declared public, on a public request whose code says so."""
    shown = Q(public_file_id=file_id) | Q(file_id=file_id, public_file__isnull=True)
    return _public_files(shown & Q(request__in=public_rows())).exists()


def public_rows() -> QuerySet[ServiceRequest]:
    """Requests the public may know of at all."""
    return ServiceRequest.objects.filter(
        is_held=False,
        is_confidential=False,
        service__is_confidential=False,
        service__is_internal=False,
        service__is_coding_queue=False,
    ).exclude(service__public_text=PublicText.NOTHING)


def _public_files(condition: Q) -> QuerySet[RequestFile]:
    return RequestFile.objects.filter(
        condition,
        is_public=True,
        review_state=ReviewState.REVIEWED,
        request__service__photos="after_review",
    )


def _narrowed(rows: QuerySet[ServiceRequest], wanted: PublicFilter) -> QuerySet[ServiceRequest]:
    if wanted.service_codes:
        rows = rows.filter(service__code__in=wanted.service_codes)
    if wanted.is_open is not None:
        rows = rows.filter(is_open=wanted.is_open)
    bounds = {
        "received_at__gte": wanted.received_from,
        "received_at__lte": wanted.received_to,
        "updated_at__gte": wanted.updated_from,
    }
    rows = rows.filter(**{name: at for name, at in bounds.items() if at is not None})
    if wanted.updated_from is not None:
        rows = rows.filter(Q(is_open=True) | Q(closed_at__gte=wanted.updated_from))
    if wanted.updated_to is not None:
        rows = rows.filter(
            Q(is_open=True, updated_at__lte=wanted.updated_to) | Q(is_open=False, closed_at__lte=wanted.updated_to)
        )
    return _in_box(rows, wanted.bbox) if wanted.bbox else rows


def _in_box(rows: QuerySet[ServiceRequest], box: tuple[float, float, float, float]) -> QuerySet[ServiceRequest]:
    """Narrow by the published point: a small box must not find out where inside its block a place lies."""
    west, south, east, north = box
    return rows.annotate(shown_lat=_published("lat"), shown_lon=_published("lon")).filter(
        shown_lat__gte=south, shown_lat__lte=north, shown_lon__gte=west, shown_lon__lte=east
    )


def _published(column: str) -> Case:
    number = Cast(F(column), DecimalField(max_digits=12, decimal_places=8))
    return Case(
        When(service__public_place=PublicPlace.EXACT, then=F(column)),
        When(
            service__public_place=PublicPlace.BLOCK,
            then=Cast(Round(number, precision=_PLACE_DECIMALS), FloatField()),
        ),
        default=Value(None),
        output_field=FloatField(),
    )


def _shown(rows: QuerySet[ServiceRequest], language: str) -> list[PublicRequest]:
    found = list(rows.values(*_COLUMNS))
    photos = _photos([row["id"] for row in found if row["photo_count"] and row["service__photos"] != "none"])
    return [_public(row, language, photos.get(row["id"], ())) for row in found]


def _photos(request_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    if not request_ids:
        return {}
    rows = _public_files(Q(request_id__in=request_ids)).order_by("id")
    pairs = list(rows.values_list("request_id", Coalesce("public_file_id", "file_id")))
    urls = {link.id: f"{settings.SITE_URL}{link.url}" for link in links_to([file_id for _one, file_id in pairs])}
    photos: dict[int, tuple[str, ...]] = {}
    for request_id, file_id in pairs:
        if file_id in urls:
            photos[request_id] = (*photos.get(request_id, ()), urls[file_id])
    return photos


def _public(row: Mapping[str, Any], language: str, photos: Iterable[str]) -> PublicRequest:
    rule = publicity.Rule(row["service__public_text"], row["service__public_place"], row["service__photos"])
    place = publicity.public_place(
        rule,
        label=row["place_label"],
        block_label=row["block_label"],
        lat=row["lat"],
        lon=row["lon"],
        language=language,
    )
    status = publicity.status_code(row["state"], row["close_reason"])
    names = row["department__names"] or {}
    return PublicRequest(
        number=row["number"],
        service_code=row["service__code"],
        service_name=row["service__names"].get(language) or row["service__name"],
        is_open=row["is_open"],
        state=row["state"],
        status_code=status,
        status_text=row["status_text"] or str(PUBLIC_STATUS[status]),
        description=publicity.public_description(
            rule, typed=row["description"], reviewed=row["public_text"], review_state=row["public_text_state"]
        ),
        department=in_language(names, language) if names else "",
        received_at=row["received_at"],
        updated_at=row["closed_at"] or row["updated_at"],
        closed_at=row["closed_at"],
        expected_at=row["promised_at"] if row["is_open"] else None,
        address=place.label,
        address_id=row["address_id"] if place.is_exact else None,
        zip=row["zip"] if rule.place != PublicPlace.NONE else "",
        lat=place.lat,
        lon=place.lon,
        photo_urls=tuple(photos),
        answers=_public_answers(row),
    )


def _public_answers(row: Mapping[str, Any]) -> dict[str, Any]:
    """Answers to questions that the code declares public."""
    if not row["answers"]:
        return {}
    service = policy.service(row["service__code"], row["policy_date"])
    return {
        one.code: row["answers"][one.code] for one in service.questions if one.is_public and one.code in row["answers"]
    }
