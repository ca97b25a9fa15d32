"""Problems: opened from a recurrence or by hand, written about, their requests, the remedy's day, the end."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.contact.problems import choices
from citydesk.contact.problems.choices import (
    DETECTION_TYPE,
    OPEN_ACTIONS,
    SERIES,
    WORK,
    By,
    DetectionState,
    ProblemState,
    ResearchState,
    Result,
)
from citydesk.contact.problems.events import ProblemClosed
from citydesk.contact.problems.models import Action, Detection, Problem, ProblemRequest, Research
from citydesk.contact.problems.rules import states
from citydesk.contact.problems.services.acts import keep, take, words
from citydesk.contact.service_requests.queries import briefs, recurring
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid, NotFound
from citydesk.kernel.sequences import next_number


def open_problem(
    *,
    title: str,
    access: Access,
    now: datetime,
    detection_id: int | None = None,
    request_numbers: Collection[str] = (),
) -> str:
    """Open a problem from a detection, or by hand around requests; returns its number. The opener owns it.

    Raises `Invalid` without a title or requests, `Conflict` when the detection is in a problem already, `NotFound`.
    """
    access.require(WORK)
    name = words(title, "title")[:160]
    with transaction.atomic():
        detection = _detection(detection_id, access) if detection_id else None
        found = [briefs.get_brief(access, one) for one in request_numbers if one.strip()]
        if detection is None and not found:
            raise Invalid(_("Name at least one request."), field="requests")
        if any(one.is_confidential for one in found):
            raise Conflict(_("A confidential request belongs to no problem."), field="requests")
        row = Problem(
            number=next_number(SERIES, profile.city_today(now).year),
            title=name,
            owner_id=access.actor.staff_id,
            opened_at=now,
            opened_by=access.actor.label[:120],
            updated_at=now,
        )
        if detection is not None:
            _copy(row, detection)
        elif found:
            _stand_at(row, [one.id for one in found])
        row.save(force_insert=True)
        if detection is not None:
            _tie(detection, row, access, now)
        _add(row, [one.id for one in found], access.actor.label, now)
        audit.record(
            audit.Act("problems.opened", choices.OBJECT_TYPE, row.pk, row.number, after={"title": row.title}),
            actor=access.actor,
            now=now,
        )
        return row.number


def _detection(detection_id: int, access: Access) -> Detection:
    row = Detection.objects.visible_to(access).select_for_update(of=("self",)).filter(pk=detection_id).first()
    if row is None:
        raise NotFound(_("There is no such recurrence."))
    return row


def _copy(row: Problem, detection: Detection) -> None:
    """What a problem is counted by, from the recurrence."""
    for name in ("by", "service_id", "department_id", "place_label", "address_id", "customer_id", "question"):
        setattr(row, name, getattr(detection, name))
    for name in ("asset", "lat", "lon", "radius_m", "gap_hours"):
        setattr(row, name, getattr(detection, name))


def _stand_at(row: Problem, request_ids: list[int]) -> None:
    """A problem made by hand stands where its first request is, and belongs to whom that lies with."""
    first = next(iter(recurring.by_ids(request_ids)), None)
    if first is None:
        return
    row.by, row.place_label, row.department_id = By.HAND, first.place_label, first.department_id
    row.lat, row.lon = first.lat, first.lon
    row.service_id = recurring.service_id_of(first.service_code)


def _tie(detection: Detection, row: Problem, access: Access, now: datetime) -> None:
    if detection.state == DetectionState.LINKED:
        raise Conflict(_("This recurrence is in a problem already."))
    detection.state, detection.problem, detection.is_return = DetectionState.LINKED, row, False
    detection.decided_at, detection.decided_by = now, access.actor.label[:120]
    detection.save(update_fields=["state", "problem", "is_return", "decided_at", "decided_by"])
    ids = list(detection.reports.values_list("request_id", flat=True))
    _add(row, ids, access.actor.label, now, is_detected=True)


def _add(row: Problem, request_ids: list[int], by: str, now: datetime, *, is_detected: bool = False) -> None:
    rows = [
        ProblemRequest(problem=row, request_id=one, added_at=now, added_by=by[:120], is_detected=is_detected)
        for one in request_ids
    ]
    ProblemRequest.objects.bulk_create(rows, ignore_conflicts=True)
    row.request_count = ProblemRequest.objects.filter(problem=row).count()
    Problem.objects.filter(pk=row.pk).update(request_count=row.request_count)


def add_detection(*, problem_id: int, detection_id: int, access: Access, now: datetime) -> None:
    """Put a recurrence with its requests into a problem that is there already."""
    with transaction.atomic():
        row = take(problem_id, access, permission=WORK, move="link")
        detection = _detection(detection_id, access)
        _tie(detection, row, access, now)
        after = {"number": str(detection.report_count)}
        keep(row, (), "recurrence_added", actor=access.actor, now=now, after=after)


def dismiss(*, detection_id: int, reason: str, access: Access, now: datetime) -> None:
    """Put a recurrence aside with a reason. It comes back once as many events as the rule asks for came on top."""
    access.require(WORK)
    with transaction.atomic():
        row = _detection(detection_id, access)
        if row.state not in (DetectionState.NEW, DetectionState.GONE):
            raise Conflict(_("This recurrence was decided already."))
        row.state, row.reason = DetectionState.DISMISSED, words(reason, "reason")
        row.decided_at, row.decided_by = now, access.actor.label[:120]
        row.dismissed_count, row.is_return = row.event_count, False
        row.save()
        act = audit.Act("problems.dismissed", DETECTION_TYPE, row.pk, row.place_label, reason=row.reason)
        audit.record(act, actor=access.actor, now=now)


def add_requests(*, problem_id: int, numbers: Collection[str], access: Access, now: datetime) -> int:
    """Add requests that the actor sees; returns how many belong to it then. Twice is once."""
    wanted = [one.strip().upper() for one in numbers if one.strip()]
    if not wanted:
        raise Invalid(_("Name at least one request."), field="requests")
    with transaction.atomic():
        row = take(problem_id, access, permission=WORK, move="link")
        found = [briefs.get_brief(access, one) for one in wanted]
        if any(one.is_confidential for one in found):
            raise Conflict(_("A confidential request belongs to no problem."), field="requests")
        _add(row, [one.id for one in found], access.actor.label, now)
        keep(row, (), "requests_added", actor=access.actor, now=now, after={"number": ", ".join(wanted)})
        return row.request_count


def remove_request(*, problem_id: int, number: str, access: Access, now: datetime) -> None:
    """Take a request out of a problem."""
    with transaction.atomic():
        row = take(problem_id, access, permission=WORK, move="link")
        brief = briefs.get_brief(access, number)
        gone, _kinds = ProblemRequest.objects.filter(problem=row, request_id=brief.id).delete()
        if not gone:
            raise NotFound(_("There is no such request."))
        row.request_count = ProblemRequest.objects.filter(problem=row).count()
        keep(row, ["request_count"], "request_removed", actor=access.actor, now=now, after={"number": brief.number})


def write(
    *,
    problem_id: int,
    title: str,
    analysis: str,
    recommendation: str,
    access: Access,
    now: datetime,
    version: int | None = None,
) -> None:
    """Write what was found out and what is recommended. Raises `StaleVersion` when somebody wrote first."""
    with transaction.atomic():
        row = take(problem_id, access, permission=WORK, move="write", version=version)
        before = {"analysis": row.analysis, "recommendation": row.recommendation}
        row.title = words(title, "title")[:160]
        row.analysis = words(analysis, "analysis", must=False)
        row.recommendation = words(recommendation, "recommendation", must=False)
        after = {"analysis": row.analysis, "recommendation": row.recommendation}
        fields = ["title", "analysis", "recommendation"]
        keep(row, fields, "written", actor=access.actor, now=now, before=before, after=after)


def set_remedied(*, problem_id: int, at: datetime, access: Access, now: datetime) -> None:
    """Say since when the remedy is in place, where no department reported it: the effect is counted from then."""
    if at > now:
        raise Invalid(_("This day is still to come."), field="remedied_at")
    with transaction.atomic():
        row = take(problem_id, access, permission=WORK, move="watch" if not _is_watched(problem_id) else "write")
        row.remedied_at = at
        row.state = ProblemState.WATCHING if not _owes(row) else row.state
        keep(row, ["remedied_at", "state"], "remedied", actor=access.actor, now=now, after={"at": at})


def _is_watched(problem_id: int) -> bool:
    return Problem.objects.filter(pk=problem_id, state=ProblemState.WATCHING).exists()


def _owes(row: Problem) -> bool:
    return Action.objects.filter(problem=row, state__in=OPEN_ACTIONS).exists()


def close(
    *,
    problem_id: int,
    result: str,
    text: str,
    access: Access,
    now: datetime,
    version: int | None = None,
) -> None:
    """Close a problem with its result in words. While a department owes an answer or research is open it is refused."""
    if result not in set(Result):
        raise Invalid(_("Choose how it ended."), field="result")
    with transaction.atomic():
        row = take(problem_id, access, permission=WORK, move="close", version=version)
        if states.missing_for("close", analysis=row.analysis):
            raise Invalid(_("Write the analysis first."), field="analysis")
        if _owes(row):
            raise Conflict(_("A department still owes an answer. Withdraw the request or wait for it."), field="result")
        if Research.objects.filter(problem=row, state=ResearchState.OPEN).exists():
            raise Conflict(_("Research about it is still open."), field="result")
        before = {"state": row.state}
        row.state, row.result, row.result_text, row.closed_at = ProblemState.CLOSED, result, words(text, "text"), now
        Detection.objects.filter(problem=row).update(dismissed_count=F("event_count"))
        keep(
            row,
            ["state", "result", "result_text", "closed_at"],
            "closed",
            actor=access.actor,
            now=now,
            before=before,
            after={"result": result},
            reason=row.result_text,
            event=ProblemClosed(row.pk, row.number, result),
        )


def reopen(*, problem_id: int, reason: str, access: Access, now: datetime) -> None:
    """Take a closed problem up again; how it had ended stays in the history."""
    with transaction.atomic():
        row = take(problem_id, access, permission=WORK, move="reopen")
        before = {"result": row.result, "text": row.result_text}
        said = words(reason, "reason")
        row.state, row.result, row.result_text, row.closed_at = ProblemState.ANALYSIS, "", "", None
        actions = list(Action.objects.filter(problem=row).values_list("state", flat=True))
        row.state = states.state_after_actions(row.state, actions)
        fields = ["state", "result", "result_text", "closed_at"]
        keep(row, fields, "reopened", actor=access.actor, now=now, before=before, reason=said)
