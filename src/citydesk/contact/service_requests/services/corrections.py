"""Corrections by right and with a reason: the old value is kept, route and clock are decided again, visibly."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.correspondence.services import stop_unsent
from citydesk.city.places.rules import ResolvedPlace
from citydesk.contact.service_requests import choices
from citydesk.contact.service_requests.choices import OBJECT_TYPE, FollowerKind, StopEvent
from citydesk.contact.service_requests.events import RequestCorrected
from citydesk.contact.service_requests.models import Follower, RequestClock, ServiceRequest
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.rules import catalog
from citydesk.contact.service_requests.services import clocks, deciding
from citydesk.contact.service_requests.services.acts import act_on, keep, require_version, take
from citydesk.contact.service_requests.services.confidential import reporter_in_confidence, seal_reporter
from citydesk.contact.service_requests.services.entry import count_corrections
from citydesk.contact.service_requests.services.intake import Person, follower, place_columns
from citydesk.contact.service_requests.services.work import names_of
from citydesk.kernel import audit
from citydesk.kernel.actors import Access, Actor
from citydesk.kernel.errors import Conflict, Invalid
from citydesk.kernel.versions import check_version


@dataclass(frozen=True)
class Correction:
    """What is corrected; None leaves it. `keeps_team` corrects without sending it elsewhere.

    With another code `answers` are the answers to its questions; questions of the same code keep their answers.
    `seen` is what the editor saw of what is corrected, by the names of `wanted`; without it every newer version of
    the request is a conflict.
    """

    service_code: str | None = None
    answers: Mapping[str, Any] | None = None
    place: ResolvedPlace | None = None
    place_detail: str | None = None
    description: str | None = None
    keeps_team: bool = False
    seen: Mapping[str, Any] | None = None

    @property
    def wanted(self) -> dict[str, Any]:
        """The new values by name: `code`, `place` (its label), `place_detail`, `description`, `answer:<question>`."""
        given: dict[str, Any] = {
            "code": self.service_code,
            "place": self.place.label if self.place is not None else None,
            "place_detail": self.place_detail,
            "description": self.description,
            **{f"answer:{name}": value for name, value in (self.answers or {}).items()},
        }
        return {name: value for name, value in given.items() if value is not None}

    @property
    def what(self) -> list[str]:
        """Names of what is corrected, the weightiest first."""
        given = {
            "code": self.service_code is not None,
            "place": self.place is not None or self.place_detail is not None,
            "answers": self.answers is not None,
            "description": self.description is not None,
        }
        return [name for name, is_given in given.items() if is_given]


def correct(
    *,
    request_id: int,
    correction: Correction,
    reason: str,
    access: Access,
    now: datetime,
    version: int | None = None,
) -> None:
    """Correct code, place, answers or description of a request. What was told to the resident stays.

    A closed request keeps its route and its clocks. Raises `Invalid` without a reason or with nothing to correct,
    `ManyInvalid` for answers, `NotAllowed`, `NotFound`, `StaleVersion` with both texts where somebody else changed
    what is corrected.
    """
    if not reason.strip():
        raise Invalid(_("A correction needs a reason."), field="reason")
    if not correction.what:
        raise Invalid(_("There is nothing to correct."), field="reason")
    with transaction.atomic():
        row = take(request_id, access, permission=choices.CORRECT)
        _require_seen(row, correction, version)
        was_team, on = row.team_id, policy.today(now)
        acts = _change(row, correction, reason.strip(), on, actor=access.actor, now=now)
        if not acts:
            raise Invalid(_("There is nothing to correct."), field="reason")
        count_corrections(row.pk, [one.after["what"] for one in acts], now=now)
        if row.is_open and correction.what != ["description"]:
            acts += _decide_again(row, correction, on, now)
        keep(
            row,
            _COLUMNS,
            acts,
            actor=access.actor,
            now=now,
            event=RequestCorrected(row.pk, row.number, correction.what[0]),
            teams=[was_team],
        )


def _require_seen(row: ServiceRequest, correction: Correction, version: int | None) -> None:
    """A newer version is no conflict while what is corrected stands as the editor saw it."""
    if version is None or version == row.version:
        return
    if correction.seen is None:
        require_version(row, version)
    seen = {name: _plain(value) for name, value in (correction.seen or {}).items()}
    stands: dict[str, Any] = {
        "code": row.service.code,
        "place": row.place_label,
        "place_detail": row.place_detail,
        "description": row.description,
        **{f"answer:{name}": value for name, value in row.answers.items()},
    }
    mine = {
        name: value
        for name, value in correction.wanted.items()
        if _plain(stands.get(name)) not in (seen.get(name, ""), _plain(value))
    }
    if not mine:
        return
    last = audit.history_of(OBJECT_TYPE, row.pk, limit=1)
    theirs = {name: stands.get(name, "") for name in mine}
    check_version(row, version, mine=mine, theirs=theirs, changed_by=last[0].actor if last else "")


def _plain(value: Any) -> str:
    """A value as two editors compare it: line ends and the order of ticks are no difference."""
    if isinstance(value, list | tuple):
        return ",".join(sorted(map(str, value)))
    return "" if value is None else str(value).replace("\r\n", "\n").strip()


_COLUMNS = (
    "service_id",
    "policy_date",
    "answers",
    "description",
    "urgency",
    "sla_code",
    "due_at",
    "team_id",
    "department_id",
    "owner_id",
    "accepted_at",
    "is_confidential",
    "identity_handle",
    "customer_id",
    *("place_kind", "place_label", "place_detail", "block_label", "address_id", "lat", "lon", "cell"),
    *("zip", "council", "districts"),
)


def _change(
    row: ServiceRequest, correction: Correction, reason: str, on: date, *, actor: Actor, now: datetime
) -> list[audit.Act]:
    acts: list[audit.Act] = []
    old_code = row.service.code
    service = policy.service(correction.service_code or old_code, on if correction.service_code else row.policy_date)
    if correction.service_code is not None and correction.service_code != old_code:
        code = policy.code_row(correction.service_code)
        row.service, row.policy_date = code, on
        if service.is_confidential and not row.is_confidential:
            row.is_confidential = True
            seal_reporter(row, actor=actor, now=now)
        acts.append(_act(row, "code", old_code, code.code, reason))
    if correction.answers is not None or acts:
        acts += _change_answers(row, correction, service, reason)
    if correction.place is not None:
        before = {"label": row.place_label, "detail": row.place_detail, "districts": row.districts}
        detail = row.place_detail if correction.place_detail is None else correction.place_detail
        for name, value in place_columns(correction.place, detail).items():
            setattr(row, name, value)
        acts.append(_act(row, "place", before, {"label": row.place_label, "detail": row.place_detail}, reason))
    elif correction.place_detail is not None and correction.place_detail != row.place_detail:
        acts.append(_act(row, "place", {"detail": row.place_detail}, {"detail": correction.place_detail}, reason))
        row.place_detail = correction.place_detail[:300]
    if correction.description is not None and correction.description != row.description:
        acts.append(_act(row, "description", row.description, correction.description, reason))
        row.description = correction.description
    return acts


def _change_answers(
    row: ServiceRequest, correction: Correction, service: catalog.Service, reason: str
) -> list[audit.Act]:
    given = {**row.answers, **(correction.answers or {})}
    answers = deciding.check_intake(service, answers=given, has_place=True, is_anonymous=False)
    changed = sorted(name for name in {*answers, *row.answers} if answers.get(name) != row.answers.get(name))
    acts = [_act(row, f"answer:{name}", row.answers.get(name), answers.get(name), reason) for name in changed]
    row.answers = answers
    return acts


def _act(row: ServiceRequest, what: str, before: Any, after: Any, reason: str) -> audit.Act:
    return act_on(
        row, "corrected", before={"what": what, "value": before}, after={"what": what, "value": after}, reason=reason
    )


def _decide_again(row: ServiceRequest, correction: Correction, on: date, now: datetime) -> list[audit.Act]:
    """Urgency, class, clocks and team from the corrected facts."""
    acts: list[audit.Act] = []
    service = policy.service(row.service.code, row.policy_date)
    urgency, sla_code = deciding.decide_urgency(service, row.answers)
    if (urgency, sla_code) != (row.urgency, row.sla_code):
        before = {"urgency": row.urgency, "sla": row.sla_code, "due": row.due_at}
        row.urgency = urgency
        if sla_code != row.sla_code:
            row.sla_code = sla_code
            replace_clocks(row, on=row.policy_date, now=now)
        after = {"urgency": row.urgency, "sla": row.sla_code, "due": row.due_at}
        acts.append(act_on(row, "clock_changed", before=before, after=after))
    if not correction.keeps_team:
        acts += _route_again(row, service, correction, on, now)
    return acts


def _route_again(
    row: ServiceRequest, service: catalog.Service, correction: Correction, on: date, now: datetime
) -> list[audit.Act]:
    where = deciding.decide_route(
        service,
        districts=row.districts,
        answers=row.answers,
        urgency=row.urgency,
        channel=row.channel,
        at=now,
        on=on,
    )
    trace = deciding.trace_of(where, on=on, cause=correction.what[0], now=now)
    trace.request_id = row.pk
    trace.save(force_insert=True)
    before = {"team": row.team_id}
    if where.team_id is not None and where.team_id != row.team_id:
        row.team_id, row.department_id = where.team_id, where.department_id
        row.owner_id, row.accepted_at = None, None
    return [act_on(row, "routed", before=before, after={**deciding.route_facts(where), **names_of(row)})]


def replace_clocks(row: ServiceRequest, *, on: date, now: datetime) -> list[RequestClock]:
    """Make the current round's clocks anew for the request's class, as if it had applied from the start.

    What already happened (assigned, begun) ends the new targets at the moment it happened; pauses count as they were.
    """
    old, pauses = clocks.load(row)
    started = min((clock.started_at for clock in old if clock.started_at), default=row.received_at)
    RequestClock.objects.filter(request=row, round=row.reopen_count).delete()
    made = clocks.plan_clocks(
        row.sla_code,
        on=on,
        received_at=started,
        is_assigned=row.assigned_at is not None,
        assigned_at=row.assigned_at,
        round=row.reopen_count,
    )
    for clock in made:
        clock.request_id = row.pk
        clocks.settle(clock, pauses, now=now)
    for event, at in ((StopEvent.ASSIGNED, row.assigned_at), (StopEvent.IN_PROGRESS, row.started_at)):
        if at is not None:
            clocks.apply_event(made, pauses, event, now=max(at, started))
    _keep_made_safe(made, old)
    RequestClock.objects.bulk_create(made)
    row.due_at = clocks.earliest_due(made, None)
    return made


def _keep_made_safe(made: list[RequestClock], old: list[RequestClock]) -> None:
    at = next((one.stopped_at for one in old if one.ends == StopEvent.MADE_SAFE and one.stopped_at), None)
    for clock in made:
        if at is not None and clock.ends == StopEvent.MADE_SAFE and clock.stopped_at is None:
            clock.stopped_at, clock.next_step_at = at, None
            clock.is_met = clock.due_at is None or at <= clock.due_at


def correct_customer(
    *,
    request_id: int,
    person: Person | None,
    reason: str,
    access: Access,
    now: datetime,
    version: int | None = None,
) -> dict[str, int]:
    """Put a request with another person (None: nobody). The wrong one's link ends and what was not sent is stopped.

    Returns `{"stopped": messages stopped}`. Raises `Invalid` without a reason, `NotAllowed`, `NotFound`.
    """
    if not reason.strip():
        raise Invalid(_("A correction needs a reason."), field="reason")
    with transaction.atomic():
        row = take(request_id, access, permission=choices.CORRECT, version=version)
        if person is not None and person.customer_id is not None and person.customer_id == row.customer_id:
            raise Conflict(_("It is with this person already."))
        return {"stopped": relink(row, person, reason.strip(), access.actor, now)}


def relink(row: ServiceRequest, person: Person | None, reason: str, actor: Actor, now: datetime) -> int:
    """Change the reporter of a locked request; returns how many unsent messages were stopped."""
    stopped = 0
    for one in Follower.objects.filter(request=row, kind=FollowerKind.REPORTER, is_active=True):
        Follower.objects.filter(pk=one.pk).update(is_active=False, ended_at=now, end_reason="wrong person")
        stopped += stop_unsent(
            about_type=OBJECT_TYPE, about_id=row.pk, reason="wrong person", actor=actor, now=now, to=one.to
        )
    before = {"what": "customer", "value": row.customer_id}
    row.is_anonymous = person is None
    if row.is_confidential:
        before = {"what": "customer", "value": None}
        row.identity_handle = None
        new = reporter_in_confidence(row, person, actor=actor, now=now) if person else None
    else:
        row.customer_id = person.customer_id if person else None
        new = follower(row.pk, person, FollowerKind.REPORTER, now) if person else None
    # The request's own link went to the wrong person too.
    row.public_token = follower(row.pk, Person(), FollowerKind.REPORTER, now).token
    if new is not None:
        new.save(force_insert=True)
    keep(
        row,
        ["customer_id", "is_anonymous", "public_token", "identity_handle"],
        [
            act_on(
                row,
                "corrected",
                before=before,
                after={"what": "customer", "value": row.customer_id, "stopped": stopped},
                reason=reason,
            )
        ],
        actor=actor,
        now=now,
        event=RequestCorrected(row.pk, row.number, "customer"),
    )
    return stopped
