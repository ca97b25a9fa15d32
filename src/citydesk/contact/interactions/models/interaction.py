import pgtrigger
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from citydesk.city.customers.choices import CUSTOMERS_SEE_CONFIDENTIAL
from citydesk.contact.interactions.choices import (
    OPEN_STATES,
    CallerClass,
    Channel,
    Direction,
    Ending,
    OutcomeKind,
    SegmentKind,
    Settled,
    State,
)
from citydesk.kernel.actors import Access

SEALED = Q(is_confidential=True) & ~Q(state__in=OPEN_STATES)


class InteractionQuerySet(models.QuerySet):
    def visible_to(self, access: Access) -> "InteractionQuerySet":
        """Saved contacts for holders of the view right; open ones for who holds them and for supervisors.

        What was said in confidence is sealed by saving: whoever took it down reads it no more, nor does a supervisor,
        but only who may open confidential identities.
        """
        rows = self if access.may(CUSTOMERS_SEE_CONFIDENTIAL) else self.exclude(SEALED)
        if access.may("interactions.supervise"):
            return rows
        mine = Q(holder_id=access.actor.staff_id) | Q(taken_by_id=access.actor.staff_id)
        if access.may("interactions.view"):
            return rows.filter(mine | Q(state=State.SAVED))
        return rows.filter(mine) if access.actor.is_staff else self.none()


class Interaction(models.Model):
    """One contact with a resident: a draft from the first key, saved with its outcomes, or abandoned with a reason.

    `received_at` is when the resident spoke or wrote (the basis of clocks and counts), `recorded_at` when it was saved.
    `taken_by` spoke with the resident, `entered_by` keyed it in, `holder` has the open draft now.
    """

    number = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in State], default=State.DRAFT)
    channel = models.CharField(max_length=10, choices=[(c.value, c.value) for c in Channel], default=Channel.PHONE)
    direction = models.CharField(max_length=3, default=Direction.IN)
    received_at = models.DateTimeField()
    received_reason = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField()
    recorded_at = models.DateTimeField(null=True)
    holder = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+")
    taken_by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+", db_index=False)
    entered_by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+", db_index=False)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, null=True, related_name="+", db_index=False)
    caller_class = models.CharField(max_length=10, default=CallerClass.RESIDENT)
    is_name_refused = models.BooleanField(default=False)
    is_confidential = models.BooleanField(default=False)
    words = models.TextField(blank=True)
    place_label = models.CharField(max_length=200, blank=True)
    place_detail = models.CharField(max_length=300, blank=True)
    address = models.ForeignKey("places.Address", models.PROTECT, null=True, related_name="+", db_index=False)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    districts = models.JSONField(default=dict)
    reason_code = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=12, default="en")
    interpreter_vendor = models.CharField(max_length=80, blank=True)
    interpreter_number = models.CharField(max_length=40, blank=True)
    interpreter_minutes = models.PositiveSmallIntegerField(null=True)
    is_relay = models.BooleanField(default=False)
    callback_number = models.CharField(max_length=40, blank=True)
    callback_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=20, default=Ending.NORMAL)
    ending_note = models.TextField(blank=True)
    # What who took it says: whether the matter is settled with this contact.
    settled = models.CharField(max_length=7, default=Settled.UNKNOWN, db_default=Settled.UNKNOWN.value)
    active_seconds = models.PositiveIntegerField(null=True)
    parked_seconds = models.PositiveIntegerField(null=True)
    handle_source = models.CharField(max_length=10, blank=True)
    abandoned_reason = models.CharField(max_length=300, blank=True)
    handed_by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+", db_index=False)
    handed_note = models.CharField(max_length=300, blank=True)
    draft = models.JSONField(default=dict)
    field_versions = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    save_key = models.CharField(max_length=40, blank=True)
    touched_at = models.DateTimeField()
    # A supervisor took it over: from whom and when (it can be handed back), and who helped, for good.
    taken_from = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+", db_index=False)
    taken_at = models.DateTimeField(null=True)
    helped_by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+", db_index=False)
    # Who sees it as it is typed, and until when their page has said so.
    watched_by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+", db_index=False)
    watched_until = models.DateTimeField(null=True)

    objects = InteractionQuerySet.as_manager()
    data_classes = {
        "*": "internal",
        "customer": "personal",
        "words": "personal",
        "place_label": "personal",
        "place_detail": "personal",
        "address": "personal",
        "lat": "personal",
        "lon": "personal",
        "callback_number": "personal",
        "ending_note": "personal",
        "draft": "personal",
    }

    class Meta:
        indexes = [
            models.Index(
                fields=["holder", "started_at"], name="interactions_open", condition=Q(state__in=["draft", "parked"])
            ),
            models.Index(fields=["customer", "-received_at"], name="interactions_customer"),
            models.Index(fields=["taken_by", "-received_at"], name="interactions_taken_by"),
            # Rows lie in the order in which they were begun: a few bytes find those of a day.
            BrinIndex(fields=["started_at", "recorded_at"], name="interactions_when", autosummarize=True),
        ]
        constraints = [
            models.UniqueConstraint(fields=["number"], name="interactions_number"),
            models.UniqueConstraint(
                fields=["holder"], name="interactions_one_in_front", condition=Q(state=State.DRAFT)
            ),
            models.CheckConstraint(
                name="interactions_open_is_held",
                condition=~Q(state__in=OPEN_STATES) | Q(holder__isnull=False),
            ),
            models.CheckConstraint(
                name="interactions_saved_is_complete",
                condition=~Q(state=State.SAVED) | Q(recorded_at__isnull=False),
            ),
            models.CheckConstraint(
                name="interactions_dropped_says_why",
                condition=~Q(state=State.ABANDONED) | ~Q(abandoned_reason=""),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="saved_stays_saved",
                operation=pgtrigger.UpdateOf("state"),
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__state__in=["saved", "abandoned"]),
                func="IF NEW.state <> OLD.state THEN RAISE EXCEPTION 'a finished contact keeps its state'; END IF;"
                " RETURN NEW;",
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        ]


class InteractionOutcome(models.Model):
    """What a contact led to. Label and number of the target are copied, so that the contact reads by itself."""

    interaction = models.ForeignKey(Interaction, models.PROTECT, related_name="outcomes")
    kind = models.CharField(max_length=12, choices=[(k.value, k.value) for k in OutcomeKind])
    target_type = models.CharField(max_length=60, blank=True)
    target_id = models.BigIntegerField(null=True)
    target_number = models.CharField(max_length=20, blank=True)
    target_label = models.CharField(max_length=200, blank=True)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField()

    data_classes = {"*": "internal", "target_label": "personal", "detail": "personal"}

    class Meta:
        indexes = [models.Index(fields=["target_type", "target_id"], name="interactions_outcome_target")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class FocusSegment(models.Model):
    """A stretch in which a contact stood in front of a clerk, or was parked. Handle time is computed from these."""

    interaction = models.ForeignKey(Interaction, models.PROTECT, related_name="segments")
    kind = models.CharField(max_length=8, choices=[(k.value, k.value) for k in SegmentKind])
    user = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    data_classes = {"*": "internal"}

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["interaction"], name="interactions_one_open_segment", condition=Q(ended_at__isnull=True)
            )
        ]
