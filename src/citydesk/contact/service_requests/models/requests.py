from datetime import UTC, datetime

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from citydesk.contact.service_requests import choices
from citydesk.contact.service_requests.choices import (
    Channel,
    CloseReason,
    RequestState,
    ReviewState,
    Urgency,
)
from citydesk.kernel.actors import Access

END_OF_TIME = datetime(9999, 12, 31, tzinfo=UTC)
OPEN = Q(is_open=True, is_held=False)
CLOSED = Q(is_open=False)
# What the views beside the queue count a team's open requests by.
COUNTED = ["state", "due_at", "paused_since", "owner", "return_count", "review_at"]


class ServiceRequestQuerySet(QuerySet["ServiceRequest"]):
    def visible_to(self, access: Access) -> "ServiceRequestQuerySet":
        """The rows the reader may see at all; every other one does not exist for them.

        `view_all` sees whatever is not confidential, `view` what lies with the reader's departments. A confidential
        request shows to holders of `confidential` and to the team or person it is assigned to.
        """
        rule = self.sight_of(access)
        return self.none() if rule is None else self.filter(rule)

    def sight_of(self, access: Access) -> Q | None:
        """The rule of `visible_to` as a condition, empty for a reader who sees all; None for one who sees nothing."""
        if not (access.may(choices.VIEW) or access.may(choices.VIEW_ALL)):
            return None
        everywhere = access.may(choices.VIEW_ALL)
        if everywhere and access.may(choices.CONFIDENTIAL):
            return Q()
        with_me, plain = self._assigned_to(access), Q(is_confidential=False)
        if everywhere:
            return plain | with_me
        ours = Q(department_id__in=access.department_ids)
        return (ours if access.may(choices.CONFIDENTIAL) else ours & plain) | with_me

    def lying_with_teams(self, access: Access, *, only: int | None = None) -> "ServiceRequestQuerySet":
        """Those of `visible_to` that lie with the reader's teams: there, the rule asks for nothing else.

        `only` one of these teams. No condition is said twice: PostgreSQL multiplies both, expects hardly a row and
        sorts a whole team's queue instead of walking along its index (4.6 against 1.3 CPU-ms for 1,500 open ones).
        """
        if not (access.may(choices.VIEW) or access.may(choices.VIEW_ALL)):
            return self.none()
        teams = access.team_ids if only is None else access.team_ids & {only}
        return self.filter(team_id=next(iter(teams))) if len(teams) == 1 else self.filter(team_id__in=sorted(teams))

    @staticmethod
    def _assigned_to(access: Access) -> Q:
        mine = Q(team_id__in=access.team_ids)
        if access.actor.staff_id:
            mine |= Q(owner_id=access.actor.staff_id)
        return mine

    def open(self) -> "ServiceRequestQuerySet":
        return self.filter(OPEN)


class ServiceRequest(models.Model):
    """A resident's request for service, from the first word to the closing, as it stands now.

    How it came to stand so is in the audit entries; clocks and pauses are rows of their own. `due_at` is the earliest
    running target of the clocks, stored. `promised_at` is what the resident was told and is never recomputed.
    """

    number = models.CharField(max_length=20)
    service = models.ForeignKey("service_requests.ServiceCode", models.PROTECT, related_name="+")
    # The day whose profile entries decided questions, routing and clocks.
    policy_date = models.DateField()

    state = models.CharField(max_length=12, default=RequestState.OPEN)
    is_open = models.BooleanField(default=True)
    close_reason = models.CharField(max_length=14, blank=True)
    pause_reason = models.CharField(max_length=60, blank=True)
    paused_since = models.DateTimeField(null=True, blank=True)
    review_at = models.DateTimeField(null=True, blank=True)
    pause_limit_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    # How and when it came.
    channel = models.CharField(max_length=10, default=Channel.PHONE)
    received_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    language = models.CharField(max_length=10, default="en")
    source = models.CharField(max_length=60, blank=True)
    external_id = models.CharField(max_length=80, blank=True)

    # What.
    description = models.TextField(blank=True)
    answers = models.JSONField(default=dict)
    urgency = models.CharField(max_length=10, default=Urgency.NORMAL)
    public_text = models.TextField(blank=True)
    public_text_state = models.CharField(max_length=10, default=ReviewState.NONE)
    public_text_at = models.DateTimeField(null=True, blank=True)
    # What residents read about where it stands: set by services from reviewed or standard texts, never notes.
    status_text = models.TextField(blank=True)

    # Where: copied from the place that was resolved, so that a changed map changes no request.
    place_kind = models.CharField(max_length=12, blank=True)
    place_label = models.CharField(max_length=200, blank=True)
    place_detail = models.CharField(max_length=300, blank=True)
    block_label = models.CharField(max_length=200, blank=True)
    address = models.ForeignKey(
        "places.Address", models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    cell = models.BigIntegerField(null=True, blank=True)
    zip = models.CharField(max_length=10, blank=True)
    council = models.CharField(max_length=60, blank=True)
    districts = models.JSONField(default=dict)

    # Who.
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    is_anonymous = models.BooleanField(default=False)
    is_confidential = models.BooleanField(default=False)
    # Who a confidential reporter is, is kept apart by the customers room; this only names where.
    identity_handle = models.UUIDField(null=True, blank=True)

    # With whom it lies.
    department = models.ForeignKey("staff.Department", models.PROTECT, related_name="+", null=True, blank=True)
    team = models.ForeignKey("staff.Team", models.PROTECT, related_name="+", null=True, blank=True)
    owner = models.ForeignKey("staff.User", models.PROTECT, related_name="+", null=True, blank=True)
    assigned_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    is_disputed = models.BooleanField(default=False)

    # By when.
    sla_code = models.CharField(max_length=60, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    # What the queues sort by: `due_at`, and the end of time for a request without a target. Never empty, so that a page
    # of the queue is one range of one index.
    queue_at = models.GeneratedField(
        expression=Coalesce(F("due_at"), models.Value(END_OF_TIME)),
        output_field=models.DateTimeField(),
        db_persist=True,
    )
    promised_at = models.DateTimeField(null=True, blank=True)
    escalation = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True, blank=True)

    # Counted marks of the lists; services keep them.
    # The request this one doubles (when closed as a duplicate), otherwise the main request it is a part of.
    parent = models.ForeignKey("self", models.PROTECT, related_name="+", null=True, blank=True, db_index=False)
    # Parts of this one, open and closed; a duplicate is no part.
    child_count = models.PositiveIntegerField(default=0, db_default=0)
    contact_count = models.PositiveIntegerField(default=1)
    follower_count = models.PositiveIntegerField(default=0)
    photo_count = models.PositiveIntegerField(default=0)
    return_count = models.PositiveIntegerField(default=0)
    reopen_count = models.PositiveIntegerField(default=0)
    promise_count = models.PositiveIntegerField(default=0)
    nudged_at = models.DateTimeField(null=True, blank=True)

    # Held by a spam brake: kept, numbered, in no queue until released.
    is_held = models.BooleanField(default=False)
    held_reason = models.CharField(max_length=80, blank=True)

    public_token = models.CharField(max_length=40)
    search = models.GeneratedField(
        expression=models.Func(
            F("number"),
            F("place_label"),
            F("description"),
            function="citydesk_request_words",
            output_field=SearchVectorField(),
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = ServiceRequestQuerySet.as_manager()

    data_classes = {
        "*": "internal",
        "number": "public",
        "service": "public",
        "state": "public",
        "is_open": "public",
        "close_reason": "public",
        "received_at": "public",
        "updated_at": "public",
        "closed_at": "public",
        "due_at": "public",
        "queue_at": "public",
        "status_text": "public",
        "public_text": "public",
        "block_label": "public",
        "description": "personal",
        "answers": "personal",
        "place_label": "personal",
        "place_detail": "personal",
        "address": "personal",
        "lat": "personal",
        "lon": "personal",
        "cell": "personal",
        "search": "personal",
        "customer": "personal",
        "language": "personal",
        "public_token": "confidential",
        "identity_handle": "confidential",
    }

    class Meta:
        # Every report writes them all: none stands beside another that answers the same (`db_index=False` above, and
        # numbers and tokens unique by a constraint, which makes no second index for beginnings).
        indexes = [
            # The queues: nothing but open rows, in the order they are read.
            # With what the views beside it count by, so that counting reads the index alone.
            models.Index(fields=["team", "queue_at", "id"], name="sr_queue_team", condition=OPEN, include=COUNTED),
            models.Index(
                fields=["service", "queue_at", "id"],
                name="sr_queue_service",
                condition=OPEN,
                include=["department", "team", "owner", "is_confidential"],
            ),
            models.Index(fields=["owner", "queue_at", "id"], name="sr_queue_owner", condition=OPEN),
            models.Index(fields=["queue_at", "id"], name="sr_queue_all", condition=OPEN),
            models.Index(fields=["department", "queue_at", "id"], name="sr_queue_department", condition=OPEN),
            models.Index(fields=["review_at"], name="sr_review_due", condition=Q(review_at__isnull=False)),
            models.Index(fields=["id"], name="sr_held", condition=Q(is_held=True)),
            # History, the API's windows and the neighbourhood.
            models.Index(F("closed_at").desc(), F("id").desc(), name="sr_closed", condition=CLOSED),
            models.Index(fields=["team", "-closed_at", "-id"], name="sr_closed_team", condition=CLOSED),
            models.Index(F("received_at").desc(), F("id").desc(), name="sr_received"),
            models.Index(F("updated_at").desc(), F("id").desc(), name="sr_updated"),
            models.Index(
                fields=["cell", "service", "received_at"], name="sr_cell_code", condition=Q(cell__isnull=False)
            ),
            models.Index(fields=["customer", "-received_at"], name="sr_customer", condition=Q(customer__isnull=False)),
            models.Index(fields=["address", "-received_at"], name="sr_address", condition=Q(address__isnull=False)),
            models.Index(fields=["parent"], name="sr_parent", condition=Q(parent__isnull=False)),
            GinIndex(fields=["search"], name="sr_words"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["number"], name="sr_number"),
            models.UniqueConstraint(fields=["public_token"], name="sr_public_token"),
            models.UniqueConstraint(fields=["source", "external_id"], name="sr_external", condition=~Q(external_id="")),
            models.CheckConstraint(
                name="sr_open_or_closed",
                condition=(
                    Q(is_open=True, closed_at__isnull=True, close_reason="") & ~Q(state=RequestState.CLOSED.value)
                    | Q(is_open=False, state=RequestState.CLOSED.value, closed_at__isnull=False)
                    & Q(close_reason__in=[reason.value for reason in CloseReason])
                ),
            ),
            models.CheckConstraint(
                name="sr_pause_has_reason",
                condition=Q(paused_since__isnull=True, pause_reason="")
                | Q(paused_since__isnull=False, is_open=True) & ~Q(pause_reason=""),
            ),
            models.CheckConstraint(
                name="sr_duplicate_has_parent",
                condition=~Q(close_reason=CloseReason.DUPLICATE.value) | Q(parent__isnull=False),
            ),
            models.CheckConstraint(name="sr_not_own_parent", condition=~Q(parent=F("id"))),
        ]

    def __str__(self) -> str:
        return self.number
