from django.db import models

# Counts by day tell an analyst nothing of what is told in confidence (`kernel.roles`).
NOT_SEALED = "service_code NOT IN (SELECT code FROM public.service_requests_servicecode WHERE is_confidential)"


class RequestFact(models.Model):
    """One request as it is counted. Brought up to date from noted keys, so it may lag by a minute.

    Durations are seconds. `elapsed_seconds` is the difference of the two times on the city's wall clock, as anybody
    reckons it from the printed record, `service_seconds` is what the closing target's clock counted, `hold_seconds`
    plain time on hold.
    """

    request = models.OneToOneField(
        "service_requests.ServiceRequest", models.PROTECT, primary_key=True, related_name="+"
    )
    received_at = models.DateTimeField()
    # Days of the city, not of UTC.
    received_date = models.DateField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_date = models.DateField(null=True, blank=True)
    is_open = models.BooleanField()
    state = models.CharField(max_length=12)
    close_reason = models.CharField(max_length=14, blank=True)
    service_code = models.CharField(max_length=60)
    group_code = models.CharField(max_length=60, blank=True)
    department_id = models.BigIntegerField(null=True, blank=True)
    team_id = models.BigIntegerField(null=True, blank=True)
    council = models.CharField(max_length=60, blank=True)
    channel = models.CharField(max_length=10)
    due_at = models.DateTimeField(null=True, blank=True)
    promised_at = models.DateTimeField(null=True, blank=True)
    # Null while undecided or when there is no target.
    is_on_time = models.BooleanField(null=True, blank=True)
    elapsed_seconds = models.BigIntegerField(null=True, blank=True)
    service_seconds = models.BigIntegerField(null=True, blank=True)
    hold_seconds = models.BigIntegerField(default=0)
    return_count = models.PositiveIntegerField(default=0)
    reopen_count = models.PositiveIntegerField(default=0)
    contact_count = models.PositiveIntegerField(default=1)
    is_confidential = models.BooleanField(default=False)
    refreshed_at = models.DateTimeField()

    data_classes = {"*": "internal"}

    class Meta:
        indexes = [
            models.Index(fields=["received_date", "service_code"], name="sr_fact_received"),
            models.Index(fields=["closed_date", "service_code"], name="sr_fact_closed"),
            models.Index(fields=["received_date"], name="sr_fact_open", condition=models.Q(is_open=True)),
            # What was due in a stretch of time, open or closed.
            models.Index(fields=["due_at"], name="sr_fact_due", condition=models.Q(due_at__isnull=False)),
            # Exact percentiles of a range without reading the rows.
            models.Index(
                fields=["closed_date"],
                include=["elapsed_seconds", "service_code", "department_id"],
                name="sr_fact_elapsed",
                condition=models.Q(is_open=False),
            ),
            # The few that reports must not let anybody find.
            models.Index(
                fields=["received_date"], name="sr_fact_confidential", condition=models.Q(is_confidential=True)
            ),
        ]


class RequestFactChange(models.Model):
    """A request whose facts must be counted anew, noted in the transaction that changed it."""

    request_id = models.BigIntegerField()

    data_classes = {"*": "internal"}


class DailyCounts(models.Model):
    """Counts of one day for one combination of code, department, team, district and channel.

    Opened-like columns belong to the day of receipt, closed-like columns to the day of closing.
    """

    day = models.DateField()
    service_code = models.CharField(max_length=60)
    group_code = models.CharField(max_length=60, blank=True)
    department_id = models.BigIntegerField(default=0)
    team_id = models.BigIntegerField(default=0)
    council = models.CharField(max_length=60, blank=True)
    channel = models.CharField(max_length=10)
    opened = models.IntegerField(default=0)
    # Of those opened on this day, how many are open now.
    still_open = models.IntegerField(default=0)
    contacts = models.IntegerField(default=0)
    closed = models.IntegerField(default=0)
    closed_done = models.IntegerField(default=0)
    closed_not_ours = models.IntegerField(default=0)
    closed_duplicate = models.IntegerField(default=0)
    closed_other = models.IntegerField(default=0)
    judged = models.IntegerField(default=0)
    on_time = models.IntegerField(default=0)
    returned = models.IntegerField(default=0)
    reopened = models.IntegerField(default=0)
    elapsed_seconds = models.BigIntegerField(default=0)
    hold_seconds = models.BigIntegerField(default=0)

    data_classes = {"*": "internal"}

    class Meta:
        abstract = True


class RequestDay(DailyCounts):
    """Counts of a day."""

    data_classes = {"*": "internal"}
    reported_rows = NOT_SEALED

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "service_code", "department_id", "team_id", "council", "channel", "group_code"],
                name="sr_day_once",
            )
        ]


class RequestMonth(DailyCounts):
    """The same counts of a whole month; `day` is its first. Years of history are read from here."""

    data_classes = {"*": "internal"}
    reported_rows = NOT_SEALED

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "service_code", "department_id", "team_id", "council", "channel", "group_code"],
                name="sr_month_once",
            )
        ]


class RequestDuration(models.Model):
    """Closed requests of one day and combination by the time they took: a histogram with buckets 5 percent wide.

    Bucket b holds durations from 1.05**b up to 1.05**(b + 1) seconds; bucket -1 those under one second.
    """

    day = models.DateField()
    service_code = models.CharField(max_length=60)
    group_code = models.CharField(max_length=60, blank=True)
    department_id = models.BigIntegerField(default=0)
    team_id = models.BigIntegerField(default=0)
    council = models.CharField(max_length=60, blank=True)
    channel = models.CharField(max_length=10)
    bucket = models.SmallIntegerField()
    closed = models.IntegerField(default=0)

    data_classes = {"*": "internal"}
    reported_rows = NOT_SEALED

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "day",
                    "service_code",
                    "department_id",
                    "team_id",
                    "council",
                    "channel",
                    "group_code",
                    "bucket",
                ],
                name="sr_duration_once",
            )
        ]


class RequestDurationMonth(models.Model):
    """The histogram of a whole month (`day` is its first) by code, department and team: without district and channel,
    so that ten years are some hundred thousand rows."""

    day = models.DateField()
    service_code = models.CharField(max_length=60)
    group_code = models.CharField(max_length=60, blank=True)
    department_id = models.BigIntegerField(default=0)
    team_id = models.BigIntegerField(default=0)
    bucket = models.SmallIntegerField()
    closed = models.IntegerField(default=0)

    data_classes = {"*": "internal"}
    reported_rows = NOT_SEALED

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "service_code", "department_id", "team_id", "group_code", "bucket"],
                name="sr_duration_month_once",
            )
        ]
