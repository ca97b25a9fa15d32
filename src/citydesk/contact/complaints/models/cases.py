from enum import StrEnum

import pgtrigger
from django.db import models
from django.db.models import Q

from citydesk.contact.complaints.choices import (
    AppealOutcome,
    ComplaintState,
    LetterState,
    Outcome,
)


def words_of(kinds: type[StrEnum]) -> list[tuple[str, str]]:
    """Codes as a column's choices; their names are in `labels`."""
    return [(one.value, one.value) for one in kinds]


class Complaint(models.Model):
    """A sensitive or difficult complaint, opened from a service request, as it stands now.

    Who sees the request sees it; beside them its handling team, its approvers once something waited for them, and the
    people of the appeal once there is one (`queries.sight`). What was said and decided is in rows of its own.
    """

    number = models.CharField(max_length=20, unique=True)
    request = models.ForeignKey("service_requests.ServiceRequest", models.PROTECT, related_name="+")
    request_number = models.CharField(max_length=20)
    class_code = models.CharField(max_length=60)
    # The day whose profile decides class, dates and approvals, whatever the profile says later.
    policy_date = models.DateField()
    state = models.CharField(max_length=17, default=ComplaintState.RECEIVED, choices=words_of(ComplaintState))
    is_open = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    team = models.ForeignKey("staff.Team", models.PROTECT, related_name="+")
    handler = models.ForeignKey("staff.User", models.PROTECT, related_name="+", null=True, blank=True)
    approvers = models.ForeignKey("staff.Team", models.PROTECT, related_name="+")
    appeal_team = models.ForeignKey("staff.Team", models.PROTECT, related_name="+", null=True, blank=True)
    # From the first thing that waited for them on, the approvers see it.
    is_with_approvers = models.BooleanField(default=False)

    told = models.TextField()  # the complaint in the complainant's words, copied when it was opened
    language = models.CharField(max_length=10, default="en")
    # Who the letters go to. Typed by the handler, who may have opened the identity with a reason.
    letter_to = models.CharField(max_length=400, blank=True)

    received_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    outcome = models.CharField(max_length=10, blank=True, choices=words_of(Outcome))
    decision = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+", null=True, blank=True)

    appeal_until = models.DateTimeField(null=True, blank=True)
    appealed_at = models.DateTimeField(null=True, blank=True)
    appeal_words = models.TextField(blank=True)
    appeal_due_at = models.DateTimeField(null=True, blank=True)
    appeal_outcome = models.CharField(max_length=10, blank=True, choices=words_of(AppealOutcome))
    appeal_decision = models.TextField(blank=True)
    appeal_decided_at = models.DateTimeField(null=True, blank=True)
    appeal_decided_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+", null=True, blank=True)
    # Who approved the letters. The one about the appeal is another's to approve than the first.
    letter_approved_by = models.ForeignKey(
        "staff.User", models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    appeal_letter_approved_by = models.ForeignKey(
        "staff.User", models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    # Of the newest letter, so that lists and the public's words need no second table.
    letter_state = models.CharField(max_length=9, blank=True, choices=words_of(LetterState))

    data_classes = {
        "*": "internal",
        "told": "confidential",
        "letter_to": "confidential",
        "decision": "confidential",
        "appeal_words": "confidential",
        "appeal_decision": "confidential",
        "outcome": "confidential",
        "appeal_outcome": "confidential",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request"], condition=Q(is_open=True), name="compl_one_open_a_request"),
            models.CheckConstraint(
                condition=Q(is_open=True, closed_at__isnull=True)
                | Q(is_open=False, state=ComplaintState.CLOSED, closed_at__isnull=False),
                name="compl_closed_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ComplaintState.DECIDED, ComplaintState.APPEALED])
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="compl_decided_by_somebody",
            ),
            # An appeal is never decided by who decided first.
            models.CheckConstraint(
                condition=Q(appeal_decided_by__isnull=True) | ~Q(appeal_decided_by=models.F("decided_by")),
                name="compl_appeal_by_another",
            ),
            models.CheckConstraint(
                condition=Q(appeal_letter_approved_by__isnull=True)
                | ~Q(appeal_letter_approved_by=models.F("letter_approved_by"))
                & ~Q(appeal_letter_approved_by=models.F("decided_by")),
                name="compl_appeal_letter_by_another",
            ),
        ]
        indexes = [
            models.Index(fields=["request", "-id"], name="compl_request"),
            models.Index(fields=["team", "due_at", "id"], name="compl_team_due", condition=Q(is_open=True)),
            models.Index(fields=["handler", "due_at", "id"], name="compl_mine", condition=Q(is_open=True)),
            models.Index(fields=["approvers", "state", "id"], name="compl_approvers", condition=Q(is_open=True)),
            models.Index(fields=["due_at", "id"], name="compl_due"),
            models.Index(fields=["-opened_at", "-id"], name="compl_newest"),
            models.Index(
                fields=["appeal_due_at", "id"], name="compl_appeals", condition=Q(state=ComplaintState.APPEALED)
            ),
        ]
        triggers = [pgtrigger.Protect(name="keep_complaints", operation=pgtrigger.Delete)]
