import pgtrigger
from django.db import models
from django.db.models import Q

from citydesk.contact.interactions.choices import FormState
from citydesk.contact.interactions.models.interaction import Interaction


class FormBatch(models.Model):
    """Intake forms printed beforehand in one act, for the hour in which this system is down.

    The texts that were printed are kept, so that the paper can be drawn again as it was.
    """

    printed_at = models.DateTimeField()
    printed_by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+")
    printed_by_label = models.CharField(max_length=120)
    desk = models.CharField(max_length=80, blank=True)
    form_count = models.PositiveSmallIntegerField()
    first_number = models.CharField(max_length=20)
    last_number = models.CharField(max_length=20)
    texts = models.JSONField(default=dict)

    data_classes = {"*": "internal"}

    class Meta:
        constraints = [
            models.CheckConstraint(name="interactions_batch_has_forms", condition=Q(form_count__gte=1)),
        ]
        triggers = [pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)]


class PaperForm(models.Model):
    """One printed form. While a draft is written from it, `interaction` is that draft; saved, the form is keyed.

    `checked_at`: somebody looked and it still lies unused in its box.
    """

    batch = models.ForeignKey(FormBatch, models.PROTECT, related_name="forms", db_index=False)
    number = models.CharField(max_length=20, unique=True)
    position = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=[(s.value, s.value) for s in FormState], default=FormState.UNUSED)
    interaction = models.OneToOneField(Interaction, models.PROTECT, null=True, related_name="+")
    keyed_at = models.DateTimeField(null=True)
    keyed_by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+", db_index=False)
    why = models.CharField(max_length=200, blank=True)
    noted_at = models.DateTimeField(null=True)
    noted_by_label = models.CharField(max_length=120, blank=True)
    checked_at = models.DateTimeField(null=True)

    data_classes = {"*": "internal"}

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "position"], name="interactions_form_position"),
            models.CheckConstraint(
                name="interactions_form_keyed_says_when",
                condition=Q(state=FormState.KEYED, keyed_at__isnull=False)
                | (~Q(state=FormState.KEYED) & Q(keyed_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="interactions_form_noted_says_why",
                condition=~Q(state__in=[FormState.VOID, FormState.MISSING]) | ~Q(why=""),
            ),
        ]
        indexes = [
            models.Index(fields=["batch", "position"], name="interactions_form_unused", condition=Q(state="unused")),
            models.Index(fields=["batch", "position"], name="interactions_form_keyed", condition=Q(state="keyed")),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="keyed_once",
                operation=pgtrigger.UpdateOf("state", "interaction_id"),
                when=pgtrigger.Before,
                func="""
                IF OLD.state = 'keyed' AND (NEW.state <> 'keyed' OR NEW.interaction_id IS DISTINCT FROM
                    OLD.interaction_id) THEN RAISE EXCEPTION 'a printed form is keyed once'; END IF;
                IF OLD.interaction_id IS NOT NULL AND NEW.interaction_id <> OLD.interaction_id THEN
                    RAISE EXCEPTION 'a printed form is with one contact at a time'; END IF;
                RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        ]
