"""What becomes of a published schedule: swaps, open shifts, sick calls, plans made again, notices, calendars."""

from enum import Enum

import pgtrigger
from django.db import models
from django.db.models import F, Q

from citydesk.management.workforce.choices import AmendmentKind, CallState, OpenState
from citydesk.management.workforce.rules.swaps import LIVE, SwapState

_LIVE = sorted(one.value for one in LIVE)


def _states(kind: type[Enum]) -> list[tuple[str, str]]:
    return [(one.value, one.value) for one in kind]


class ScheduleAmendment(models.Model):
    """Why a published week has a further version: what changed, by whose word, and what it did to coverage.

    `changes` are rows of person, day, and what stood before and after; `missing` are needs met less or more than
    before. Minutes are paid minutes that came and went.
    """

    schedule = models.OneToOneField("workforce.Schedule", models.PROTECT, related_name="+")
    before = models.ForeignKey("workforce.Schedule", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=_states(AmendmentKind))
    reason = models.CharField(max_length=400, blank=True)
    author = models.ForeignKey("staff.User", models.PROTECT, related_name="+", null=True)
    made_at = models.DateTimeField()
    people = models.PositiveSmallIntegerField()
    minutes_added = models.PositiveIntegerField()
    minutes_taken = models.PositiveIntegerField()
    changes = models.JSONField(default=list)
    missing = models.JSONField(default=list)

    data_classes = {"*": "internal", "author": "personal", "changes": "personal", "reason": "personal"}

    class Meta:
        triggers = [pgtrigger.Protect(name="kept", operation=pgtrigger.Update | pgtrigger.Delete)]


class SwapRequest(models.Model):
    """Somebody offers a colleague a shift, for one of theirs or for nothing. Days, not rows, name the shifts: they are
    looked for in whatever version is published when something is done."""

    group = models.ForeignKey("workforce.StaffingGroup", models.PROTECT, related_name="+")
    giver = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    taker = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    day = models.DateField()
    back_day = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=_states(SwapState), default=SwapState.OFFERED)
    version = models.PositiveIntegerField(default=1)
    note = models.CharField(max_length=400, blank=True)
    made_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+", null=True, blank=True)
    decision = models.CharField(max_length=400, blank=True)
    # What the rules said when it was decided: rule, person, day.
    breaches = models.JSONField(default=list)
    amendment = models.ForeignKey(ScheduleAmendment, models.PROTECT, related_name="+", null=True, blank=True)

    data_classes = {"*": "personal", "id": "internal"}

    class Meta:
        ordering = ["day", "id"]
        indexes = [models.Index(fields=["state", "day"], name="workforce_swap_state")]
        constraints = [
            models.CheckConstraint(condition=~Q(giver=F("taker")), name="workforce_swap_two"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | (~Q(decided_by=F("giver")) & ~Q(decided_by=F("taker"))),
                name="workforce_swap_not_own",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "denied"]) | Q(decided_by__isnull=False),
                name="workforce_swap_decided",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(amendment__isnull=False), name="workforce_swap_amended"
            ),
            models.UniqueConstraint(fields=["giver", "day"], condition=Q(state__in=_LIVE), name="workforce_swap_once"),
        ]
        triggers = [pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)]


class OpenShift(models.Model):
    """A shift nobody has, to bid for. Minutes count from the midnight of the day, as in a pattern."""

    group = models.ForeignKey("workforce.StaffingGroup", models.PROTECT, related_name="+")
    day = models.DateField()
    template = models.CharField(max_length=40)
    start_minute = models.PositiveSmallIntegerField()
    length = models.PositiveSmallIntegerField()
    meal_start = models.PositiveSmallIntegerField(null=True, blank=True)
    meal_length = models.PositiveSmallIntegerField(default=0)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # Breaks and what else lies inside: begin, end, kind, label.
    inside = models.JSONField(default=list)
    reason = models.CharField(max_length=400, blank=True)
    state = models.CharField(max_length=6, choices=_states(OpenState), default=OpenState.OPEN)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    given_to = models.ForeignKey("staff.User", models.PROTECT, related_name="+", null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+", null=True, blank=True)
    amendment = models.ForeignKey(ScheduleAmendment, models.PROTECT, related_name="+", null=True, blank=True)

    data_classes = {"*": "internal", "given_to": "personal", "made_by": "personal", "decided_by": "personal"}

    class Meta:
        ordering = ["day", "start_minute", "id"]
        indexes = [models.Index(fields=["state", "day"], name="workforce_open_state")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="given") | Q(given_to__isnull=False, amendment__isnull=False),
                name="workforce_open_given",
            ),
            models.CheckConstraint(
                condition=Q(given_to=None) | ~Q(given_to=F("decided_by")), name="workforce_open_not_own"
            ),
        ]
        triggers = [pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)]


class ShiftBid(models.Model):
    """Somebody would take an open shift. A bid taken back stays with the moment it was."""

    open_shift = models.ForeignKey(OpenShift, models.PROTECT, related_name="bids")
    person = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    data_classes = {"*": "personal", "id": "internal"}

    class Meta:
        ordering = ["placed_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["open_shift", "person"], condition=Q(withdrawn_at=None), name="workforce_bid_once"
            )
        ]
        triggers = [pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)]


class SickCall(models.Model):
    """Somebody cannot come for their shift of a day. Why is nobody's business here: only that they are away.

    `proposal` is what the solver found in the worker: changes, people, minutes, cost before and after, seconds.
    """

    group = models.ForeignKey("workforce.StaffingGroup", models.PROTECT, related_name="+")
    person = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    day = models.DateField()
    state = models.CharField(max_length=7, choices=_states(CallState), default=CallState.OPEN)
    version = models.PositiveIntegerField(default=1)
    called_at = models.DateTimeField()
    called_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    absence_id = models.BigIntegerField(null=True, blank=True)
    amendment = models.ForeignKey(ScheduleAmendment, models.PROTECT, related_name="+")
    # The shift that fell out, as a pattern, so that the hole can be named after it is gone.
    shift = models.JSONField(default=dict)
    proposal = models.JSONField(null=True, blank=True)
    # How far the solver is while it works: stage, cost so far, seconds; None before it begins.
    progress = models.JSONField(null=True, blank=True)
    stop_asked_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+", null=True, blank=True)
    settled_how = models.CharField(max_length=400, blank=True)

    data_classes = {"*": "personal", "id": "internal"}

    class Meta:
        ordering = ["-day", "-id"]
        constraints = [models.UniqueConstraint(fields=["person", "day"], name="workforce_call_once")]
        triggers = [pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)]


class ShiftNotice(models.Model):
    """What somebody has to know about their shifts, until they have read it."""

    person = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    code = models.CharField(max_length=20)
    facts = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    data_classes = {"*": "personal", "id": "internal"}

    class Meta:
        ordering = ["-made_at", "-id"]
        indexes = [models.Index(fields=["person"], condition=Q(read_at=None), name="workforce_notice_unread")]


class CalendarFeed(models.Model):
    """The secret address under which somebody's phone reads their shifts, kept as a digest. One holds at a time."""

    person = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    data_classes = {"*": "personal", "id": "internal", "digest": "confidential"}

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(ended_at=None), name="workforce_feed_once")
        ]
