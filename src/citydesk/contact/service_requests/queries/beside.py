"""Small reads beside the request page: what is near, before and after, why it went there, what may be corrected."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from citydesk.contact.service_requests import labels
from citydesk.contact.service_requests.choices import CloseReason
from citydesk.contact.service_requests.models import ServiceRequest
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.queries.found import found_by_words
from citydesk.contact.service_requests.queries.queue import list_queue, queue_spec
from citydesk.contact.service_requests.rules import duplicates, questions
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound
from citydesk.kernel.lists import Ids, Statements, moment
from citydesk.kernel.lists.paging import Cursor, cut, keys_of
from citydesk.kernel.lists.spec import lists_of


@dataclass(frozen=True)
class NearRequest:
    """A request that may be the same thing, as lists and the contact screen show it. Distance in metres."""

    id: int
    number: str
    service: str
    state: str
    close_reason: str
    place: str
    received_at: datetime
    due_at: datetime | None
    distance_m: float
    is_open: bool
    followers: int
    lat: float
    lon: float


# What a statement for one reader is filled with: cells of the map, codes.
class _Cells(Ids): ...


class _Codes(Ids): ...


_near_point = Statements()
# So many of each code and cell of the map are looked at.
_MOST_NEAR = 100
_COLUMNS = (
    "id",
    "number",
    "service_id",
    "state",
    "close_reason",
    "place_label",
    "received_at",
    "due_at",
    "follower_count",
    "lat",
    "lon",
)


def find_nearby(
    access: Access,
    *,
    service_code: str,
    lat: float,
    lon: float,
    now: datetime,
    exclude_id: int | None = None,
    limit: int = 5,
) -> list[NearRequest]:
    """Requests near a point that may be the same thing, by the radius, days and codes of the service code.

    Open ones first, each nearest first. One statement over a few cells of the map.
    """
    rule = policy.service(service_code, policy.today(now)).nearby
    if not rule.is_on:
        return []
    known = policy.code_rows()
    given: dict[type, list[int]] = {
        _Cells: list(duplicates.cells(rule, lat, lon)),
        _Codes: [known[code].pk for code in rule.codes if code in known],
    }
    places_and_codes = (_Cells(), _Codes())
    rows = _near_point.rows_per(access, partial(_near_rows, access, now), places_and_codes, rule.since(now), given)
    by_id = {row["id"]: row for row in rows or () if row["id"] != exclude_id}
    found = duplicates.nearest(
        rule,
        lat,
        lon,
        [duplicates.Candidate(r["id"], r["lat"], r["lon"], r["state"], r["received_at"]) for r in by_id.values()],
        now=now,
        limit=limit,
    )
    names = {row.pk: row for row in known.values()}
    language = (get_language() or "en").split("-")[0]
    return [_near(by_id[one.id], one, names, language) for one in found]


def _near_rows(access: Access, since: datetime, cell: Any, code: Any) -> Any:
    """The newest requests of a code in a cell of the map that a reader may see: a storm brings thousands to one."""
    seen = ServiceRequest.objects.visible_to(access).filter(cell=cell, service_id=code)
    rows = seen.filter(received_at__gte=moment(since), is_held=False)
    return rows.exclude(close_reason=CloseReason.DUPLICATE).order_by("-received_at").values(*_COLUMNS)[:_MOST_NEAR]


def _near(row: Mapping[str, Any], one: duplicates.Near, names: Mapping[int, Any], language: str) -> NearRequest:
    code = names.get(row["service_id"])
    return NearRequest(
        id=row["id"],
        number=row["number"],
        service=code.name_in(language) if code else "",
        state=row["state"],
        close_reason=row["close_reason"],
        place=row["place_label"],
        received_at=row["received_at"],
        due_at=row["due_at"],
        distance_m=one.distance_m,
        is_open=one.is_open,
        followers=row["follower_count"],
        lat=row["lat"],
        lon=row["lon"],
    )


def find_near_request(access: Access, number: str, *, now: datetime) -> list[NearRequest]:
    """What is near a request. Raises `NotFound`."""
    row = _one(access, number, "pk", "lat", "lon", "service__code")
    if row["lat"] is None or row["lon"] is None:
        return []
    return find_nearby(
        access,
        service_code=row["service__code"],
        lat=row["lat"],
        lon=row["lon"],
        now=now,
        exclude_id=row["pk"],
    )


def _one(access: Access, number: str, *columns: str) -> dict[str, Any]:
    found = ServiceRequest.objects.visible_to(access).filter(number=number.strip().upper()).values(*columns).first()
    if found is None:
        raise NotFound(_("There is no such request."))
    return dict(found)


def neighbors(access: Access, number: str, asked: QueryDict, *, now: datetime) -> tuple[str, str]:
    """Numbers of the request before and after one in a list; empty at its ends or when it left the list."""
    spec = queue_spec(access, now=now)
    lists = lists_of(asked)
    values, _problems = spec.parse(lists, access, now)
    keys = keys_of(spec.sort_given(lists), spec.id_field)
    row = _one(access, number, *{key.field for key in keys})
    marks = tuple(row[key.field] for key in keys)
    found = found_by_words(spec, lambda: list_queue(access), asked, access=access, now=now)
    listed = list_queue(access)
    listed = found.among(listed) if found else spec.narrow(listed, values)
    rows = listed.values(*{key.field for key in keys} | {"number"})
    before = cut(rows, keys, Cursor(marks, is_back=True), 1).rows
    after = cut(rows, keys, Cursor(marks), 1).rows
    return (before[-1]["number"] if before else "", after[0]["number"] if after else "")


def panel_facts(access: Access, number: str, *, now: datetime) -> dict[str, Any]:
    """What the inline panel of a move needs to know of its request."""
    wanted = ("pk", "number", "version", "service__code", "policy_date", "team_id", "place_label", "child_count")
    row = _one(access, number, *wanted)
    service = policy.service(row["service__code"], row["policy_date"])
    language = (get_language() or "en").split("-")[0]
    parts = ServiceRequest.objects.filter(parent_id=row["pk"], is_open=True).order_by("pk")
    return {
        "row": row,
        "service": service,
        "service_name": service.name_in(language),
        "open_parts": list(parts.values_list("number", flat=True)) if row["child_count"] else [],
        "close_reasons": [
            (code, str(labels.CLOSE_REASONS[code])) for code in service.close_reasons if code != CloseReason.DONE
        ],
    }


def correction_facts(
    access: Access, number: str, given: QueryDict | None, *, code: str, now: datetime
) -> dict[str, Any]:
    """What the page of corrections shows: the catalog, the questions of the chosen code, the answers so far."""
    row = (
        ServiceRequest.objects.visible_to(access)
        .defer("search")
        .select_related("service")
        .filter(number=number.strip().upper())
        .first()
    )
    if row is None:
        raise NotFound(_("There is no such request."))
    language = (get_language() or "en").split("-")[0]
    chosen = code or (given.get("code", "") if given else "") or row.service.code
    is_other = chosen != row.service.code
    service = policy.service(chosen, policy.today(now) if is_other else row.policy_date)
    answers = dict(row.answers)
    if given:
        answers.update({name[2:]: given.getlist(name) for name in given if name.startswith("q.")})
    options = [
        (one.code, one.name_in(language))
        for one in sorted(policy.services(policy.today(now)).values(), key=lambda one: one.name_in(language).lower())
    ]
    return {
        "row": row,
        "chosen": chosen,
        "codes": options
        if any(one[0] == row.service.code for one in options)
        else [(row.service.code, row.service.name), *options],
        "questions": [one for one in questions.shown(service.questions, answers) if one.choices or one.type != "note"],
        "answers": answers,
        "seen": {
            "code": row.service.code,
            "place": row.place_label,
            "place_detail": row.place_detail,
            "description": row.description,
            **{f"answer:{name}": value for name, value in row.answers.items()},
        },
        "version": row.version,
        "lang": language,
        "choice_pairs": lambda one: choice_pairs(one, language),
    }


def choice_pairs(one: questions.Question, language: str) -> list[tuple[str, str]]:
    """(code, words) of a question's answers."""
    words = {code: str(text) for code, text in labels.ANSWERS.items()}
    return [(code, questions.answer_text(one, code, language, words)) for code in one.choices]
