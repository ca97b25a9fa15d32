import pgtrigger
from django.db import models

from citydesk.contact.complaints.choices import LetterKind, LetterState
from citydesk.contact.complaints.models.cases import Complaint, words_of


class Letter(models.Model):
    """A decision's letter: its words lie sealed in the correspondence room, held until somebody else approves them."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=8, choices=words_of(LetterKind))
    state = models.CharField(max_length=9, default=LetterState.HELD, choices=words_of(LetterState))
    message = models.ForeignKey("correspondence.Message", models.PROTECT, related_name="+")
    written_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True, blank=True)
    printed_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    data_classes = {"*": "internal", "message": "confidential"}

    class Meta:
        ordering = ["id"]
        triggers = [pgtrigger.Protect(name="keep_letters", operation=pgtrigger.Delete)]
