"""Printed intake forms: batches, forms and what became of them, which are outstanding, why one is not keyed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Q, Value, When
from django.utils.translation import gettext as _

from citydesk.contact.interactions.choices import FORM_SERIES, OPEN_STATES, SUPERVISE, VIEW, FormState, State
from citydesk.contact.interactions.models import FormBatch, Interaction, PaperForm
from citydesk.contact.interactions.queries.form_paper import paper_of
from citydesk.kernel import texts
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid, NotFound
from citydesk.kernel.numbering import parse_number
from citydesk.kernel.practice import letters_of

FORM_LINE = (
    "id",
    "number",
    "state",
    "standing",
    "batch_id",
    "batch__desk",
    "batch__printed_at",
    "keyed_at",
    "keyed_by__name",
    "interaction__number",
    "interaction__state",
    "interaction__holder__name",
    "why",
    "noted_at",
    "noted_by_label",
)
BATCH_LINE = (
    "id",
    "printed_at",
    "printed_by_label",
    "desk",
    "form_count",
    "first_number",
    "last_number",
    "keyed",
    "void",
    "missing",
    "skipped",
    "unused",
)
_LATER_KEYED = Exists(
    PaperForm.objects.filter(
        batch=OuterRef("batch"), position__gt=OuterRef("position"), state=FormState.KEYED, keyed_at__isnull=False
    )
)
# Forms are taken from the top of the pile: one left behind by a later number is gone, unless somebody saw it.
_SKIPPED = Q(state=FormState.UNUSED, interaction__isnull=True, checked_at__isnull=True) & Q(_LATER_KEYED)
_STANDING = Case(
    When(state=FormState.UNUSED, interaction__isnull=False, then=Value("open")),
    When(_SKIPPED, then=Value("skipped")),
    default="state",
)


def list_forms(*, access: Access) -> Any:
    """Every printed form with where it stands: its state, "open" while a draft is written from it, "skipped" when a
    later one of its pile was keyed. Raises `NotAllowed`."""
    access.require(SUPERVISE)
    return PaperForm.objects.annotate(standing=_STANDING)


def list_batches(*, access: Access) -> Any:
    """Batches with how many of their forms are keyed, void, missing, skipped and unused. Raises `NotAllowed`."""
    access.require(SUPERVISE)
    forms = PaperForm.objects.filter(_SKIPPED).values("pk")
    return FormBatch.objects.annotate(
        keyed=Count("forms", filter=Q(forms__state=FormState.KEYED)),
        void=Count("forms", filter=Q(forms__state=FormState.VOID)),
        missing=Count("forms", filter=Q(forms__state=FormState.MISSING)),
        unused=Count("forms", filter=Q(forms__state=FormState.UNUSED)),
        skipped=Count("forms", filter=Q(forms__in=forms)),
    )


def count_outstanding() -> int:
    """How many forms somebody must look for. One statement; the caller has authorized."""
    return PaperForm.objects.filter(_SKIPPED).count()


@dataclass(frozen=True)
class Batch:
    """A batch's page."""

    id: int
    printed_at: datetime
    printed_by: str
    desk: str
    count: int
    first_number: str
    last_number: str
    codes: tuple[str, ...]


def get_batch(*, access: Access, batch_id: int) -> Batch:
    """One batch. Raises `NotAllowed`, `NotFound`."""
    row = _batch(access, batch_id)
    codes = tuple(one["name"][0] for one in row.texts.get("codes", []))
    return Batch(
        row.pk,
        row.printed_at,
        row.printed_by_label,
        row.desk,
        row.form_count,
        row.first_number,
        row.last_number,
        codes,
    )


def find_batch(*, access: Access, number: str) -> Batch | None:
    """The batch of a form, by its number. Raises `NotAllowed`."""
    found = PaperForm.objects.filter(number=parse_number(number) or "").values_list("batch_id", flat=True).first()
    return None if found is None else get_batch(access=access, batch_id=found)


def paper_of_batch(*, access: Access, batch_id: int, copy: str = "") -> dict[str, Any]:
    """What the paper of a batch says. A copy (`copy` holds its words) has only the forms nobody used.

    Raises as `get_batch`; `Conflict` when a copy would be empty.
    """
    row = _batch(access, batch_id)
    forms = PaperForm.objects.filter(batch_id=row.pk).order_by("position")
    if copy:
        forms = forms.filter(state=FormState.UNUSED, interaction__isnull=True)
    numbers = list(forms.values_list("number", flat=True))
    if not numbers:
        raise Conflict(_("Every form of this batch was used or noted: print a new batch."))
    return paper_of(row, numbers, copy)


def _batch(access: Access, batch_id: int) -> FormBatch:
    access.require(SUPERVISE)
    row = FormBatch.objects.filter(pk=batch_id).first()
    if row is None:
        raise NotFound(_("There is no such batch of forms."))
    return row


def find_form(*, number: str) -> int | None:
    """The id of a form by its number in any writing; None when no such form was printed."""
    return PaperForm.objects.filter(number=parse_number(number) or "").values_list("pk", flat=True).first()


def why_not_keyed(number: str, access: Access) -> tuple[PaperForm | None, Invalid | None]:
    """The form of a number that may be keyed now, or why it may not (facts: `contact`, a saved contact's number, or
    `draft`, the id of the reader's own open contact)."""
    if not number.strip():
        return None, _refused(_("Write the number that stands on top of the form."))
    read = parse_number(number)
    if read is None:
        return None, _refused(_("This number does not hold: compare it with the form, above all the last letter."))
    if not read.startswith(f"{letters_of(FORM_SERIES)}-"):
        return None, _refused(_("%(number)s is not the number of a printed form.") % {"number": read})
    form = PaperForm.objects.select_related("batch", "keyed_by").filter(number=read).first()
    if form is None:
        return None, _refused(_("No form with the number %(number)s was printed.") % {"number": read})
    refused = _taken(form, access)
    return (None, refused) if refused else (form, None)


def _taken(form: PaperForm, access: Access) -> Invalid | None:
    if form.state == FormState.KEYED:
        seen = Interaction.objects.visible_to(access).filter(pk=form.interaction_id or 0, state=State.SAVED)
        contact = seen.values_list("number", flat=True).first() if access.may(VIEW) else None
        who = form.keyed_by.name if form.keyed_by else _("somebody")
        words = _("%(who)s keyed this form on %(at)s.") % {"who": who, "at": texts.full_time(form.keyed_at)}
        return _refused(words, contact=contact or "")
    if form.interaction_id is not None:
        return _open_elsewhere(form, access)
    if form.state == FormState.VOID:
        words = _("%(who)s noted this form as unusable: %(why)s")
        return _refused(words % {"who": form.noted_by_label, "why": form.why})
    return None


def _open_elsewhere(form: PaperForm, access: Access) -> Invalid:
    draft = (
        Interaction.objects.select_related("holder").filter(pk=form.interaction_id or 0, state__in=OPEN_STATES).first()
    )
    if draft is not None and draft.holder_id == access.actor.staff_id:
        return _refused(_("You have this form open already."), draft=draft.pk)
    who = draft.holder.name if draft is not None and draft.holder else _("A colleague")
    return _refused(_("%(who)s is keying this form now.") % {"who": who})


def _refused(words: str, **facts: Any) -> Invalid:
    return Invalid(words, field="form_number", **facts)
