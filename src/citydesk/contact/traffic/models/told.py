import pgtrigger
from django.db import models
from django.db.models import F, Q

from citydesk.contact.traffic.choices import (
    AgentStateKind,
    AnomalyCode,
    EndedBy,
    LegOutcome,
    ToldKind,
    TransferKind,
    TransferReach,
)

_KEPT = (
    "source", "source_id", "revision", "revised_at", "queue_id", "direction", "entered_at", "wait_ended_at", "outcome",
    "agent_id", "caller", "ring_s", "talk_s", "hold_s", "acw_s", "holds", "refusals", "ended_at", "ended_by",
    "transfer_kind", "transfer_to", "transfer_reach", "parent_id", "callback_of", "reason", "recording", "run_id",
    "line",
)  # fmt: skip


class ContactLeg(models.Model):
    """One stay of one contact in one queue, as a source told it. Never edited: told anew, a new revision is written and
    the one before is current no more. Lengths in seconds. Queue and agent are looked up once a statement
    (the triggers `told_of_*` of migration 0004)."""

    source = models.CharField(max_length=60)
    source_id = models.CharField(max_length=200)
    revision = models.PositiveSmallIntegerField(default=1)
    revised_at = models.DateTimeField()
    is_current = models.BooleanField(default=True)
    queue = models.ForeignKey("traffic.Queue", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    direction = models.CharField(max_length=3, default="in")
    entered_at = models.DateTimeField()
    wait_ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, choices=[(one.value, one.value) for one in LegOutcome])
    agent = models.ForeignKey(
        "traffic.SourceAgent", models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    caller = models.CharField(max_length=20, blank=True)
    ring_s = models.PositiveIntegerField(default=0)
    talk_s = models.PositiveIntegerField(default=0)
    hold_s = models.PositiveIntegerField(default=0)
    acw_s = models.PositiveIntegerField(default=0)
    holds = models.PositiveIntegerField(default=0)
    refusals = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=6, blank=True, choices=[(one.value, one.value) for one in EndedBy])
    transfer_kind = models.CharField(max_length=8, blank=True, choices=[(one.value, one.value) for one in TransferKind])
    transfer_to = models.CharField(max_length=80, blank=True)
    transfer_reach = models.CharField(
        max_length=8, blank=True, db_default="", choices=[(one.value, one.value) for one in TransferReach]
    )
    parent_id = models.CharField(max_length=200, blank=True)
    callback_of = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    recording = models.CharField(max_length=200, blank=True)
    run_id = models.BigIntegerField(null=True)
    line = models.PositiveIntegerField(default=0)

    data_classes = {"*": "internal", "caller": "personal", "transfer_to": "personal", "recording": "personal"}

    class Meta:
        indexes = [
            models.Index(fields=["queue", "entered_at"], name="traffic_leg_entered", condition=Q(is_current=True)),
            models.Index(
                fields=["source", "entered_at"],
                name="traffic_leg_goes_on",
                condition=Q(is_current=True, ended_at__isnull=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["source", "source_id", "revision"], name="traffic_leg_revision_once"),
            models.UniqueConstraint(
                fields=["source", "source_id"], name="traffic_leg_once", condition=Q(is_current=True)
            ),
            models.CheckConstraint(
                name="traffic_leg_in_order",
                condition=(Q(wait_ended_at__isnull=True) | Q(wait_ended_at__gte=F("entered_at")))
                & (Q(ended_at__isnull=True) | Q(ended_at__gte=F("wait_ended_at"))),
            ),
            models.CheckConstraint(
                name="traffic_leg_open_waits",
                condition=Q(outcome=LegOutcome.OPEN, wait_ended_at__isnull=True)
                | (~Q(outcome=LegOutcome.OPEN) & Q(wait_ended_at__isnull=False)),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(name="told_stays", operation=pgtrigger.UpdateOf(*_KEPT)),
        ]


class AgentState(models.Model):
    """A stretch in which an agent was in one state; an end is told once. No two of an agent share a moment, and the
    agent is there: the database looks once a statement (the triggers `alone_*` and `told_of_*` of migration 0004)."""

    agent = models.ForeignKey(
        "traffic.SourceAgent", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    state = models.CharField(max_length=12, choices=[(one.value, one.value) for one in AgentStateKind])
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    aux = models.CharField(max_length=60, blank=True)
    run_id = models.BigIntegerField(null=True)
    line = models.PositiveIntegerField(default=0)

    data_classes = {"*": "personal"}

    class Meta:
        indexes = [
            models.Index(fields=["agent"], name="traffic_state_lasts", condition=Q(ended_at__isnull=True)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gt=F("started_at")), name="traffic_state_ends_after_start"
            ),
            models.UniqueConstraint(fields=["agent", "started_at"], name="traffic_state_begins_once"),
        ]
        triggers = [
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="told_stays",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="IF OLD.ended_at IS NOT NULL OR (NEW.agent_id, NEW.state, NEW.started_at)"
                " IS DISTINCT FROM (OLD.agent_id, OLD.state, OLD.started_at) THEN"
                " RAISE EXCEPTION 'a state that ended stays as it was told'; END IF; RETURN NEW;",
            ),
        ]


class IntervalCount(models.Model):
    """Counts of a queue from a source that tells no single contacts. What it did not say is null."""

    source = models.CharField(max_length=60)
    queue = models.ForeignKey("traffic.Queue", models.PROTECT, related_name="+", db_index=False)
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()
    revision = models.PositiveSmallIntegerField(default=1)
    is_current = models.BooleanField(default=True)
    offered = models.PositiveIntegerField()
    answered = models.PositiveIntegerField(null=True)
    answered_within = models.PositiveIntegerField(null=True)
    abandoned = models.PositiveIntegerField(null=True)
    wait_answered_s = models.PositiveIntegerField(null=True)
    handle_s = models.PositiveIntegerField(null=True)
    run_id = models.BigIntegerField(null=True)
    line = models.PositiveIntegerField(default=0)

    data_classes = {"*": "internal"}

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "queue", "starts_at", "revision"], name="traffic_count_revision_once"
            ),
            models.UniqueConstraint(
                fields=["queue", "starts_at", "source"], name="traffic_count_once", condition=Q(is_current=True)
            ),
        ]
        triggers = [pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)]


class ToldDay(models.Model):
    """A day of the city of which a source told legs or agents' states: the unit in which these are destroyed."""

    source = models.CharField(max_length=60)
    kind = models.CharField(max_length=6, choices=[(one.value, one.value) for one in ToldKind])
    day = models.DateField()

    data_classes = {"*": "internal"}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "kind", "day"], name="traffic_told_day_once")]
        indexes = [models.Index(fields=["kind", "day"], name="traffic_told_day")]


class ImportAnomaly(models.Model):
    """Something a source told that does not fit. It stays until a person says what it was; nothing is mended by it."""

    source = models.CharField(max_length=60)
    key = models.CharField(max_length=64)
    code = models.CharField(max_length=24, choices=[(one.value, one.value) for one in AnomalyCode])
    run_id = models.BigIntegerField(null=True)
    line = models.PositiveIntegerField(default=0)
    happened_at = models.DateTimeField()
    about = models.CharField(max_length=80, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    noted_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+", db_index=False)
    settled_note = models.CharField(max_length=300, blank=True)

    data_classes = {"*": "internal"}

    class Meta:
        indexes = [
            models.Index(fields=["-happened_at"], name="traffic_anomaly_open", condition=Q(settled_at__isnull=True))
        ]
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="traffic_anomaly_once")]
