"""Quality of entry: the profile's rules, what they flag, the sample that waits, and what it and corrections tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils.translation import get_language

from citydesk.city.profile import queries as profile
from citydesk.contact.service_requests import labels
from citydesk.contact.service_requests.choices import FollowerKind
from citydesk.contact.service_requests.models import EntryCheck, FieldCorrection, Follower, ServiceRequest
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.queries.codes import suggest_codes
from citydesk.contact.service_requests.rules import entry as rules
from citydesk.contact.service_requests.rules.questions import Question, answer_text
from citydesk.kernel.actors import Access

SAMPLE = "sample"
# So many requests of a day where the profile names no number.
USUAL_SAMPLE = 10
COUNTED = timedelta(days=30)


@dataclass(frozen=True)
class ToVerify:
    """A drawn request as its verifier reads it: number, code, words, place, answers, what the rules flagged."""

    id: int
    number: str
    service: str
    words: str
    place: str
    answers: tuple[tuple[str, str], ...]
    faults: tuple[str, ...]
    entered_by: str
    is_own: bool
    day: date


@dataclass(frozen=True)
class Figures:
    """Of the last thirty days: verified, all right among them, wrong by field, corrections by field."""

    verified: int
    right: int
    wrong: tuple[tuple[str, int], ...]
    corrected: tuple[tuple[str, int], ...]


def entry_rules(on: date) -> tuple[rules.EntryRule, ...]:
    """The rules in force on a day, in the order of their codes."""
    return tuple(
        rules.EntryRule(
            code=code,
            kind=body["kind"],
            names=body["name"],
            services=tuple(body.get("services") or ()),
            least=int(body.get("least") or 0),
            questions=tuple(body.get("questions") or ()),
            when=body.get("when") or {},
            expect=body.get("expect") or {},
        )
        for code, body in sorted(profile.entries("entry_rules", on).items())
        if code != SAMPLE
    )


def sample_size(on: date) -> int:
    """How many requests of a day are verified."""
    body = profile.entries("entry_rules", on).get(SAMPLE)
    return int(body["daily"]) if body else USUAL_SAMPLE


def faults_of(request_ids: Sequence[int], *, now: datetime) -> dict[int, tuple[str, ...]]:
    """What the rules flag in each request; one statement, the rest in memory."""
    asked = entry_rules(policy.today(now))
    columns = ("id", "service__code", "description", "lat", "has_person", "is_anonymous", "answers", "language")
    # Whoever left an address hears of it, with or without a customer's file.
    told = Follower.objects.filter(request=OuterRef("pk"), kind=FollowerKind.REPORTER).exclude(channel="none")
    found = {}
    rows = ServiceRequest.objects.filter(pk__in=list(request_ids))
    rows = rows.annotate(has_person=Q(customer__isnull=False) | Exists(told))
    for pk, code, words, lat, has_person, anonymous, answers, language in rows.values_list(*columns):
        suggested = suggest_codes(words, language=language, now=now, limit=3) if words.strip() else []
        entry = rules.Entry(
            service=code,
            words=words,
            has_point=lat is not None,
            has_person=bool(has_person),
            is_anonymous=anonymous,
            answers=answers or {},
            suggested=tuple(one.code for one in suggested),
        )
        found[pk] = rules.faults(asked, entry)
    return found


def count_to_verify(access: Access) -> int:
    """How many drawn requests wait for somebody else than who entered them; bounded by the sample."""
    return EntryCheck.objects.filter(checked_at__isnull=True).exclude(entered_by_id=access.actor.staff_id).count()


def list_to_verify(access: Access, *, now: datetime, limit: int = 20) -> list[ToVerify]:
    """Drawn requests that wait, flagged ones first; one statement."""
    on = policy.today(now)
    names = {one.code: labels.in_language(one.names, _reads()) for one in entry_rules(on)}
    rows = (
        EntryCheck.objects.filter(checked_at__isnull=True, request__in=ServiceRequest.objects.visible_to(access))
        .select_related("entered_by")
        .annotate(number=F("request__number"), code=F("request__service__code"))
        .annotate(words=F("request__description"), place=F("request__place_label"), answers=F("request__answers"))
        .order_by("day", "id")[:200]
    )
    lines = [_line(row, names, access, on) for row in rows]
    return sorted(lines, key=lambda one: (one.is_own, not one.faults))[:limit]


def _line(row: Any, names: dict[str, str], access: Access, on: date) -> ToVerify:
    service = policy.services(on).get(row.code)
    questions = service.questions if service else ()
    asked = {one.code: one for one in questions}
    words = {code: str(text) for code, text in labels.ANSWERS.items()}
    return ToVerify(
        id=row.pk,
        number=row.number,
        service=service.name_in(_reads()) if service else row.code,
        words=row.words,
        place=row.place,
        answers=tuple(_answer(asked.get(code), code, value, words) for code, value in (row.answers or {}).items()),
        faults=tuple(names.get(one, one) for one in row.faults),
        entered_by=row.entered_by.name if row.entered_by else "",
        is_own=row.entered_by_id is not None and row.entered_by_id == access.actor.staff_id,
        day=row.day,
    )


def _answer(question: Question | None, code: str, value: Any, words: dict[str, str]) -> tuple[str, str]:
    """Question and answer in words; as they stand where the code no longer asks it."""
    if question is None:
        return code, ", ".join(value) if isinstance(value, list) else str(value)
    return labels.in_language(question.short or question.ask, _reads()), answer_text(question, value, _reads(), words)


def what_is_asked(on: date) -> tuple[tuple[str, str], ...]:
    """Every rule in words, with the names of the codes it is asked of; none means all of them."""
    known = policy.services(on)
    return tuple(
        (
            labels.in_language(one.names, _reads()),
            ", ".join(known[code].name_in(_reads()) for code in one.services if code in known),
        )
        for one in entry_rules(on)
    )


def entry_figures(*, now: datetime) -> Figures:
    """What verification and corrections of the last thirty days tell; two statements."""
    since = now - COUNTED
    checked = list(EntryCheck.objects.filter(checked_at__gte=since).values_list("wrong", flat=True))
    corrected = dict(
        FieldCorrection.objects.filter(at__gte=since).values_list("field").annotate(n=Count("id")).order_by()
    )
    wrong = {name: sum(name in one for one in checked) for name in rules.FIELDS}
    return Figures(
        verified=len(checked),
        right=sum(not one for one in checked),
        wrong=tuple(wrong.items()),
        corrected=tuple((name, corrected.get(name, 0)) for name in rules.FIELDS),
    )


def _reads() -> str:
    return (get_language() or "en").split("-")[0]
