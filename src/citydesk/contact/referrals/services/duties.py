"""Violations reported outside with their evidence and outcome; obligations to regulators, their days and proofs."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.correspondence import services as correspondence
from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.contact.referrals import labels
from citydesk.contact.referrals.choices import (
    FILE_PURPOSE,
    MOST_FILES,
    OBLIGATION,
    OBLIGE,
    REPORT,
    VIOLATION,
    VIOLATION_SERIES,
    Outcome,
    ViolationState,
)
from citydesk.contact.referrals.models import Agency, DueDate, Obligation, Violation, ViolationFile
from citydesk.contact.referrals.queries.agencies import calendar_of
from citydesk.contact.referrals.queries.duties import violations_in_sight
from citydesk.contact.referrals.rules import due_dates
from citydesk.contact.referrals.services.writing import clean
from citydesk.contact.service_requests import queries as requests
from citydesk.kernel import audit
from citydesk.kernel.actors import SYSTEM, Access, Actor
from citydesk.kernel.errors import Conflict, Invalid, NotFound
from citydesk.kernel.files import store_upload
from citydesk.kernel.files.inspection import DOCUMENTS
from citydesk.kernel.sequences import next_number
from citydesk.kernel.texts import date_words

_AHEAD = timedelta(days=400)


def report_violation(
    *,
    agency_code: str,
    title: str,
    text: str,
    happened_on: date | None,
    citation: str = "",
    place_label: str = "",
    request_number: str = "",
    files: Sequence[Any] = (),
    access: Access,
    now: datetime,
) -> str:
    """Write down what was reported to whom, with evidence; returns its number. Raises `Invalid`, `NotFound`."""
    access.require(REPORT)
    agency = Agency.objects.filter(code=agency_code, is_active=True).first()
    today = profile.city_today(now)
    if agency is None:
        raise Invalid(_("Choose the agency in charge."), field="agency")
    if not title.strip():
        raise Invalid(_("Say in a line what it is."), field="title")
    if not text.strip():
        raise Invalid(_("Write what was seen."), field="text")
    if happened_on is None or happened_on > today:
        raise Invalid(_("Write the day it happened, not one to come."), field="happened_on")
    brief = requests.get_brief(access, request_number) if request_number.strip() else None
    due = calendar_of(agency, now).add_business(now, timedelta(hours=agency.acknowledge_hours))
    with transaction.atomic():
        row = Violation.objects.create(
            number=next_number(VIOLATION_SERIES, today.year),
            agency=agency,
            request_id=brief.id if brief else None,
            request_number=brief.number if brief else "",
            title=clean(title)[:160],
            text=clean(text),
            citation=clean(citation)[:160],
            place_label=(clean(place_label) or (brief.place_label if brief else ""))[:200],
            happened_on=happened_on,
            reported_at=now,
            reported_by_label=access.actor.label[:120],
            answer_due_at=due,
        )
        _add_files(row, files, access.actor, now)
        _note(row, "violation_reported", access.actor, now)
    return row.number


def follow_violation(
    *,
    violation_id: int,
    state: str,
    external_number: str = "",
    outcome: str = "",
    outcome_text: str = "",
    outcome_on: date | None = None,
    files: Sequence[Any] = (),
    access: Access,
    now: datetime,
) -> None:
    """Note how it goes over there; closing needs its outcome and day. Raises `Invalid`, `Conflict`, `NotFound`."""
    access.require(REPORT)
    with transaction.atomic():
        row = (
            violations_in_sight(access)
            .select_related("agency")
            .select_for_update(of=("self",))
            .filter(pk=violation_id)
            .first()
        )
        if row is None:
            raise NotFound(_("There is no such violation."))
        if row.state == ViolationState.CLOSED:
            raise Conflict(_("This was closed before."))
        if state not in list(ViolationState):
            raise Invalid(_("This is not one of the values."), field="state")
        if state == ViolationState.CLOSED:
            _require_outcome(row, outcome, outcome_on, profile.city_today(now))
            row.outcome, row.outcome_text, row.outcome_on = outcome, clean(outcome_text), outcome_on
        row.state = state
        row.external_number = clean(external_number)[:80] or row.external_number
        row.version += 1
        row.save()
        _add_files(row, files, access.actor, now)
        _note(row, f"violation_{state}", access.actor, now)


def _require_outcome(row: Violation, outcome: str, outcome_on: date | None, today: date) -> None:
    if outcome not in list(Outcome):
        raise Invalid(_("Choose how it ended."), field="outcome")
    if outcome_on is None or not row.happened_on <= outcome_on <= today:
        raise Invalid(_("Write the day it ended: not before it happened, not one to come."), field="outcome_on")


def _add_files(row: Violation, files: Sequence[Any], actor: Actor, now: datetime) -> None:
    if len(files) > MOST_FILES:
        raise Invalid(_("At most %(count)s files at once.") % {"count": MOST_FILES}, field="files")
    for one in files:
        stored = store_upload(one, purpose=FILE_PURPOSE, actor=actor, now=now, allowed=DOCUMENTS)
        ViolationFile.objects.create(violation=row, file_id=stored.pk, added_at=now, added_by_label=actor.label[:120])


def _note(row: Violation, code: str, actor: Actor, now: datetime) -> None:
    facts = {"agency": row.agency.names}
    audit.record(audit.Act(f"referrals.{code}", VIOLATION, row.pk, row.number, after=facts), actor=actor, now=now)


def project_obligations(*, entries: Mapping[str, Mapping[str, Any]], actor: Actor, now: datetime) -> None:
    """Mirror the section `obligations` and write the days of the next year; what is filed stays as it is."""
    agencies = dict(Agency.objects.values_list("code", "id"))
    departments = {one.code: one.id for one in staff.list_departments()}
    for code, body in entries.items():
        values = {
            "names": body["name"],
            "regulator_id": agencies[body["regulator"]],
            "department_id": departments.get(body.get("department", "")),
            "citation": body["citation"],
            "recurrence": body["recurrence"],
            "first_due": date.fromisoformat(body["first_due"]),
            "remind_days": body.get("remind_days", 14),
            "remind_to": body.get("remind_to", ""),
            "is_active": True,
        }
        Obligation.objects.update_or_create(code=code, defaults=values)
    Obligation.objects.exclude(code__in=entries.keys()).update(is_active=False)
    plan_dues(today=now.date())


def plan_dues(*, today: date) -> int:
    """Write the due days of the coming year that are not there; returns how many are new."""
    made = 0
    for one in Obligation.objects.filter(is_active=True):
        days = due_dates(one.first_due, one.recurrence, since=one.first_due, until=today + _AHEAD)
        rows = [DueDate(obligation=one, due_on=day) for day in days]
        known = set(DueDate.objects.filter(obligation=one).values_list("due_on", flat=True))
        new = [row for row in rows if row.due_on not in known]
        DueDate.objects.bulk_create(new, ignore_conflicts=True)
        made += len(new)
    return made


def file_obligation(
    *, due_id: int, filed_on: date | None, note: str, proof: Any, access: Access, now: datetime
) -> None:
    """Note that an obligation was met, with its proof. Raises `Invalid`, `Conflict`, `NotAllowed`, `NotFound`."""
    access.require(OBLIGE)
    if filed_on is None or filed_on > profile.city_today(now):
        raise Invalid(_("Write the day it was filed, not one to come."), field="filed_on")
    if not proof:
        raise Invalid(_("Add the proof: the receipt or the report as a PDF or a picture."), field="proof")
    with transaction.atomic():
        row = DueDate.objects.select_related("obligation").select_for_update(of=("self",)).filter(pk=due_id).first()
        if row is None:
            raise NotFound(_("There is no such obligation."))
        if row.filed_at is not None:
            raise Conflict(_("This was filed before."))
        stored = store_upload(proof, purpose=FILE_PURPOSE, actor=access.actor, now=now, allowed=DOCUMENTS)
        row.proof_id, row.note, row.filed_on, row.filed_at = stored.pk, clean(note), filed_on, now
        row.filed_by_label = access.actor.label[:120]
        row.save()
        facts = {"due": row.due_on.isoformat()}
        act = audit.Act("referrals.obligation_filed", OBLIGATION, row.pk, row.obligation.code, after=facts)
        audit.record(act, actor=access.actor, now=now)


def remind_obligations(*, now: datetime) -> int:
    """Write once to whom the profile names when a day comes near; returns how many were written."""
    today = profile.city_today(now)
    near = DueDate.objects.select_related("obligation__regulator").filter(
        filed_at__isnull=True, reminded_at__isnull=True, due_on__lte=today + timedelta(days=365)
    )
    written = 0
    for row in near.filter(obligation__is_active=True).order_by("due_on"):
        one = row.obligation
        if not one.remind_to or row.due_on - timedelta(days=one.remind_days) > today:
            continue
        with transaction.atomic():
            _remind(row, one, now)
        written += 1
    return written


def _remind(row: DueDate, one: Obligation, now: datetime) -> None:
    language = profile.city().languages[0]
    fields = {
        "number": one.citation,
        "service": labels.in_language(one.names, language),
        "agency": labels.in_language(one.regulator.names, language),
        "due": date_words(row.due_on, "j F Y"),
    }
    correspondence.send(
        template="obligation_due",
        language=language,
        channel="email",
        to=one.remind_to,
        fields=fields,
        about=correspondence.About(OBLIGATION, row.pk, one.code),
        key=f"rf:due:{row.pk}",
        actor=SYSTEM,
        now=now,
    )
    row.reminded_at = now
    row.save(update_fields=["reminded_at"])
