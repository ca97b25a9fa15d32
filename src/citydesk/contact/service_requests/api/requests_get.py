"""GET /requests and /requests/{id}: what the public may read of requests."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from citydesk.city.profile import queries as profile
from citydesk.contact.service_requests.api.asked import language_of, parameter, read_allowance, require_jurisdiction
from citydesk.contact.service_requests.api.render import moment, respond
from citydesk.contact.service_requests.queries import public as public_reads
from citydesk.contact.service_requests.queries.public import PublicFilter, PublicNote, PublicRequest
from citydesk.contact.service_requests.rules import open311
from citydesk.kernel.clock import utc_now

MOST = public_reads.MOST_ROWS


def list_requests(request: HttpRequest, form: str) -> HttpResponse:
    """The list by its filters; a list of identifiers overrides all of them."""
    read_allowance(request)
    require_jurisdiction(parameter(request, "jurisdiction_id"))
    numbers = open311.read_list(parameter(request, "service_request_id"))
    wanted = PublicFilter(numbers=numbers) if numbers else _filter(request)
    rows = public_reads.list_public(wanted, language=language_of(request))
    return _answer(request, rows, form)


def one_request(request: HttpRequest, number: str, form: str) -> HttpResponse:
    """One request, as a list of one."""
    read_allowance(request)
    require_jurisdiction(parameter(request, "jurisdiction_id"))
    return _answer(request, [public_reads.get_public(number, language=language_of(request))], form)


def _filter(request: HttpRequest) -> PublicFilter:
    zone = profile.local_zone()

    def moment_of(name: str, *, is_end: bool = False) -> Any:
        return open311.read_moment(parameter(request, name), zone, name=name, is_end=is_end)

    start, end = moment_of("start_date"), moment_of("end_date", is_end=True)
    after, before = moment_of("updated_after"), moment_of("updated_before", is_end=True)
    # Who asks by the time of change wants old requests that moved too: the usual window would hide them.
    if (start or end) or not (after or before):
        start, end = open311.read_window(start, end, now=utc_now())
    size = open311.read_count(parameter(request, "page_size"), name="page_size", usual=MOST, most=MOST)
    page = open311.read_count(parameter(request, "page"), name="page", usual=1, most=1_000_000)
    return PublicFilter(
        service_codes=open311.read_list(parameter(request, "service_code")),
        is_open=open311.read_status(parameter(request, "status")),
        received_from=start,
        received_to=end,
        updated_from=after,
        updated_to=before,
        bbox=open311.read_box(parameter(request, "bbox")),
        offset=(page - 1) * size,
        limit=size,
    )


def _answer(request: HttpRequest, rows: list[PublicRequest], form: str) -> HttpResponse:
    data = [_request(row) for row in rows]
    if open311.is_true(parameter(request, "extensions")):
        notes = public_reads.list_public_notes([row.number for row in rows])
        data = [{**one, **_extensions(row, notes.get(row.number, []))} for one, row in zip(data, rows, strict=True)]
    return respond("service_requests", data, form)


def _request(row: PublicRequest) -> dict[str, Any]:
    return {
        "service_request_id": row.number,
        "status": "open" if row.is_open else "closed",
        "status_notes": row.status_text or None,
        "service_name": row.service_name,
        "service_code": row.service_code,
        "description": row.description or None,
        "agency_responsible": row.department or None,
        "service_notice": None,
        "requested_datetime": moment(row.received_at),
        "updated_datetime": moment(row.updated_at),
        "expected_datetime": moment(row.expected_at),
        "address": row.address or None,
        "address_id": str(row.address_id) if row.address_id else None,
        "zipcode": row.zip or None,
        "lat": row.lat,
        "long": row.lon,
        "media_url": row.photo_urls[0] if row.photo_urls else None,
    }


def _extensions(row: PublicRequest, notes: list[PublicNote]) -> dict[str, Any]:
    """The members of `extensions=true`: public answers, public notes, every reviewed photo, the finer status."""
    return {
        "attributes": [{"code": code, "value": _value(answer)} for code, answer in row.answers.items()],
        "extended_attributes": {"status_detail": row.status_code},
        "notes": [{"datetime": moment(one.at), "type": "public", "description": one.text} for one in notes],
        "media_urls": list(row.photo_urls),
    }


def _value(answer: Any) -> str:
    return ",".join(map(str, answer)) if isinstance(answer, list | tuple) else str(answer)
