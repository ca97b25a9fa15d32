from django.db import models


class IntervalFact(models.Model):
    """Sums of a queue in an interval, rebuilt from what was told and never edited. Rates are computed from sums.

    `definition` is the version of the metric catalog they were counted under; threshold, short-abandon time and formula
    are those in force that day. `told` lists the sums a source of counts gave; empty: all of them, from legs.
    `is_final`: legs of it were destroyed when their time had come; the sums stand and are counted no more.
    """

    queue = models.ForeignKey("traffic.Queue", models.PROTECT, related_name="+", db_index=False)
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()
    definition = models.PositiveSmallIntegerField()
    formula = models.CharField(max_length=16)
    threshold_s = models.PositiveIntegerField()
    short_abandon_s = models.PositiveIntegerField()
    told = models.CharField(max_length=120, blank=True)
    offered = models.PositiveIntegerField(default=0)
    answered = models.PositiveIntegerField(default=0)
    answered_within = models.PositiveIntegerField(default=0)
    abandoned = models.PositiveIntegerField(default=0)
    short_abandoned = models.PositiveIntegerField(default=0)
    abandoned_within = models.PositiveIntegerField(default=0)
    removed_within = models.PositiveIntegerField(default=0)
    timeouts = models.PositiveIntegerField(default=0)
    key_exits = models.PositiveIntegerField(default=0)
    empty_exits = models.PositiveIntegerField(default=0)
    callbacks = models.PositiveIntegerField(default=0)
    moved = models.PositiveIntegerField(default=0)
    system_drops = models.PositiveIntegerField(default=0)
    still_open = models.PositiveIntegerField(default=0)
    handled = models.PositiveIntegerField(default=0)
    transfers = models.PositiveIntegerField(default=0)
    transfers_internal = models.PositiveIntegerField(default=0, db_default=0)
    transfers_external = models.PositiveIntegerField(default=0, db_default=0)
    with_hold = models.PositiveIntegerField(default=0)
    refusals = models.PositiveIntegerField(default=0)
    wait_answered_s = models.PositiveBigIntegerField(default=0)
    wait_all_s = models.PositiveBigIntegerField(default=0)
    talk_s = models.PositiveBigIntegerField(default=0)
    hold_s = models.PositiveBigIntegerField(default=0)
    acw_s = models.PositiveBigIntegerField(default=0)
    longest_wait_s = models.PositiveIntegerField(default=0)
    is_final = models.BooleanField(default=False, db_default=False)

    data_classes = {"*": "internal"}
    reported_rows = ""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["queue", "starts_at"], name="traffic_fact_once")]


class StateFact(models.Model):
    """Seconds an agent spent in a state within an interval; stretches are cut at its borders. Rebuilt, never edited.

    `is_final`: a stretch of it was destroyed when its time had come; the seconds stand and are counted no more.
    """

    agent = models.ForeignKey(
        "traffic.SourceAgent", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12)
    seconds = models.DecimalField(max_digits=9, decimal_places=3)
    is_final = models.BooleanField(default=False, db_default=False)

    data_classes = {"*": "personal"}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["starts_at", "agent", "state"], name="traffic_state_fact_once")]


class QueueAgent(models.Model):
    """Who answered contacts of a queue on a day of the city: whose time the queue's occupancy is made of."""

    queue = models.ForeignKey("traffic.Queue", models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    agent = models.ForeignKey("traffic.SourceAgent", models.PROTECT, related_name="+", db_index=False)

    data_classes = {"*": "internal", "agent": "personal"}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["queue", "day", "agent"], name="traffic_queue_agent_once")]
