from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from citydesk.contact.service_requests.choices import ProposalState, StopEvent


class RequestClock(models.Model):
    """One target of a request: how long it may take, when it is due, when it was met.

    `allowed_seconds` is service time: open time of the calendar as it was on `policy_date`. Elapsed time is never
    stored; it is computed from start, pauses and calendar. A reopened request starts a new `round`.
    """

    request = models.ForeignKey(
        "service_requests.ServiceRequest", models.PROTECT, related_name="clocks", db_index=False
    )
    round = models.PositiveSmallIntegerField(default=0)
    target = models.CharField(max_length=60)
    names = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField(default=0)
    sla_code = models.CharField(max_length=60)
    policy_date = models.DateField()
    calendar_code = models.CharField(max_length=60)
    allowed_seconds = models.PositiveIntegerField()
    # The target as the profile says it, for the words of the bar: {"hours": 4} or {"days": 3}.
    allowance = models.JSONField(default=dict)
    ends = models.CharField(max_length=12, default=StopEvent.CLOSED)
    # Hold reasons that stop this clock; null means every one that pauses.
    hold_reasons = ArrayField(models.CharField(max_length=60), null=True, blank=True)
    is_promised = models.BooleanField(default=False)
    started_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    is_met = models.BooleanField(null=True, blank=True)
    # The next step of the escalation and when to tell, in the step's own hours; null: none left or the clock stands.
    next_step = models.PositiveSmallIntegerField(default=0)
    next_step_at = models.DateTimeField(null=True, blank=True)

    data_classes = {"*": "internal"}

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "round", "target"], name="sr_clock_once"),
            models.CheckConstraint(
                name="sr_clock_stopped_is_judged",
                condition=Q(stopped_at__isnull=True, is_met__isnull=True)
                | Q(stopped_at__isnull=False, is_met__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["next_step_at"], name="sr_clock_step", condition=Q(next_step_at__isnull=False))]


class ClockPause(models.Model):
    """The clocks of a request stood still for a reason; `ended_at` is null while they still do."""

    request = models.ForeignKey("service_requests.ServiceRequest", models.PROTECT, related_name="pauses")
    reason = models.CharField(max_length=60)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True)
    started_by = models.CharField(max_length=120, blank=True)
    ended_by = models.CharField(max_length=120, blank=True)
    # False: the profile says that this reason stops no clock; the hold is on record all the same.
    stops_clocks = models.BooleanField(default=True)

    data_classes = {"*": "internal", "note": "confidential"}

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="sr_pause_in_order", condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at"))
            ),
            models.UniqueConstraint(fields=["request"], name="sr_one_open_pause", condition=Q(ended_at__isnull=True)),
        ]


class RecomputeProposal(models.Model):
    """Somebody proposes to compute the due times of open requests anew; another person approves or refuses it.

    `figures` are the counts that the approver saw, `result` those of what was then moved; `digest` is over classes,
    calendars and holidays, so that what is applied is what was counted. Counting and applying are the worker's, in
    batches: `last_id` is the request it got to and `looked_at` how many of about `total`, so that a worker that was
    killed goes on where it was.
    """

    # Empty until it is proposed.
    reason = models.TextField(blank=True)
    # What it is limited to: {"sla": [...], "services": [...]}; empty means every open request.
    scope = models.JSONField(default=dict)
    policy_date = models.DateField()
    figures = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10, default=ProposalState.PROPOSED)
    proposed_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+", null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.TextField(blank=True)
    applied_count = models.PositiveIntegerField(default=0)
    counted_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    total = models.PositiveIntegerField(default=0)
    looked_at = models.PositiveIntegerField(default=0)
    last_id = models.BigIntegerField(default=0)
    # Some requests of every kind of move: {"id", "was", "will", "marks"}; whose they are is asked when it is shown.
    sample = models.JSONField(default=list)
    result = models.JSONField(default=dict)
    # Why the worker gave up, as a code.
    problem = models.CharField(max_length=20, blank=True)

    data_classes = {"*": "internal"}

    class Meta:
        constraints = [
            models.CheckConstraint(name="sr_recompute_two_people", condition=~Q(decided_by=F("proposed_by"))),
            models.CheckConstraint(
                name="sr_recompute_reason",
                condition=Q(state__in=[ProposalState.COUNTING, ProposalState.COUNTED, ProposalState.STOPPED])
                | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="sr_recompute_approved",
                condition=~Q(state__in=[ProposalState.APPLYING, ProposalState.APPLIED]) | Q(decided_by__isnull=False),
            ),
        ]
