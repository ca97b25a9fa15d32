"""Printed intake forms: numbered and printed beforehand, keyed later, each once, or noted as unusable."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.contact.interactions.choices import FORM_SERIES, SUPERVISE, TAKE, Channel, FormState
from citydesk.contact.interactions.models import FormBatch, Interaction, PaperForm
from citydesk.contact.interactions.queries.form_paper import words_of_form
from citydesk.contact.interactions.queries.paper_forms import why_not_keyed
from citydesk.contact.interactions.services.drafts import save_fields, start_draft
from citydesk.kernel import audit, texts
from citydesk.kernel.actors import Access, Actor
from citydesk.kernel.errors import Conflict, Invalid, ManyInvalid
from citydesk.kernel.sequences import next_numbers

MOST_FORMS = 500
BATCH_TYPE = "interactions.FormBatch"


def print_forms(*, count: int, service_codes: Sequence[str] = (), desk: str = "", access: Access, now: datetime) -> int:
    """Number and keep a batch of intake forms; returns its id. The paper is drawn from it (`paper_of_batch`).

    Without codes the form lists those the profile names. Raises `NotAllowed`, `Invalid` for a count or a code.
    """
    access.require(SUPERVISE)
    if not 1 <= count <= MOST_FORMS:
        raise Invalid(_("Between 1 and %(most)s forms are printed at once.") % {"most": MOST_FORMS}, field="count")
    words = words_of_form(service_codes, now)
    actor = access.actor
    with transaction.atomic():
        numbers = next_numbers(FORM_SERIES, now.year, count)
        batch = FormBatch.objects.create(
            printed_at=now,
            printed_by_id=actor.staff_id,
            printed_by_label=actor.label[:120],
            desk=" ".join(desk.split())[:80],
            form_count=count,
            first_number=numbers[0],
            last_number=numbers[-1],
            texts=words,
        )
        PaperForm.objects.bulk_create(
            PaperForm(batch=batch, number=number, position=at) for at, number in enumerate(numbers, 1)
        )
        after = {"count": count, "first": numbers[0], "last": numbers[-1], "desk": batch.desk}
        act = audit.Act("interactions.forms_printed", BATCH_TYPE, batch.pk, numbers[0], after=after)
        audit.record(act, actor=actor, now=now)
    return batch.pk


def key_form(
    *,
    number: str,
    received_at: datetime | None,
    channel: str = Channel.PHONE,
    taken_by_id: int | None = None,
    access: Access,
    now: datetime,
) -> int:
    """Open a contact from a printed form and return its id; the draft keeps the form's number until it is saved.

    `taken_by_id` is who wrote on the paper, if not who keys it. Two clerks with one form: one gets it. Raises
    `ManyInvalid` with what does not hold of `number` (facts: `contact`, `draft` where the reader may open it) and
    `received_at`; `NotAllowed`.
    """
    access.require(TAKE)
    with transaction.atomic():
        form, refused = why_not_keyed(number, access)
        late = why_not_received(received_at, form.batch.printed_at if form else None, now)
        problems = [one for one in (refused, late) if one]
        if problems or form is None or received_at is None:
            raise ManyInvalid(list(problems))
        interaction_id = start_draft(access=access, now=now, channel=channel)
        _claim(form, interaction_id, access)
        row = Interaction.objects.get(pk=interaction_id)
        fields = {
            "form": form.number,
            "received_at": f"{received_at.astimezone(profile.local_zone()):%Y-%m-%d %H:%M}",
            "received_reason": _("printed form %(number)s") % {"number": form.number},
        }
        save_fields(row, fields, now)
        Interaction.objects.filter(pk=interaction_id).update(
            received_at=received_at,
            received_reason=fields["received_reason"],
            taken_by_id=taken_by_id or access.actor.staff_id,
        )
    return interaction_id


def _claim(form: PaperForm, interaction_id: int, access: Access) -> None:
    """Tie the form to the draft; whoever comes second hears who was first."""
    free = PaperForm.objects.filter(
        pk=form.pk, interaction__isnull=True, state__in=[FormState.UNUSED, FormState.MISSING]
    )
    if free.update(interaction_id=interaction_id) == 1:
        return
    _form, refused = why_not_keyed(form.number, access)
    raise ManyInvalid([refused or Invalid(_("A colleague has just taken this form."), field="form_number")])


def why_not_received(received_at: datetime | None, printed_at: datetime | None, now: datetime) -> Invalid | None:
    """What is wrong with the time on a form: missing, in the future, or before the paper existed."""
    if received_at is None:
        return _no_time()
    if received_at - now > timedelta(minutes=2):
        return Invalid(_("The resident cannot have spoken in the future."), field="received_at")
    if printed_at is not None and received_at < printed_at.replace(second=0, microsecond=0):
        words = _("This form was printed on %(at)s: nobody wrote on it before.")
        return Invalid(words % {"at": texts.full_time(printed_at)}, field="received_at")
    return None


def _no_time() -> Invalid:
    return Invalid(_("Write when the resident spoke, as it stands on the form."), field="received_at")


def mark_keyed(*, interaction_id: int, received_at: datetime, actor: Actor, now: datetime) -> None:
    """The contact written from a form is saved: the form is keyed, for good. Inside the saving transaction.

    Raises `Invalid` when the received time was changed to one before the form was printed, `Conflict` when the form is
    no longer with this contact.
    """
    form = PaperForm.objects.select_for_update(of=("self",)).select_related("batch").get(interaction_id=interaction_id)
    wrong = why_not_received(received_at, form.batch.printed_at, now)
    if wrong:
        raise wrong
    if form.state == FormState.KEYED:
        raise Conflict(_("This form was keyed already."))
    form.state, form.keyed_at, form.keyed_by_id = FormState.KEYED, now, actor.staff_id
    form.save(update_fields=["state", "keyed_at", "keyed_by"])


def note_forms(*, form_ids: Collection[int], state: str, why: str, access: Access, now: datetime) -> int:
    """Note what became of forms nobody keyed: `void` (spoiled), `missing` (looked for, not found) or `unused` (it is
    here). Returns how many; keyed ones and those being keyed are left as they are.

    Void and missing need a reason. Taking a note back needs the right to supervise. Raises `NotAllowed`, `Invalid`.
    """
    access.require(TAKE)
    wanted, words = FormState(state), " ".join(why.split())[:200]
    if wanted == FormState.UNUSED:
        access.require(SUPERVISE)
    elif not words:
        raise Invalid(_("Say what became of it."), field="why")
    with transaction.atomic():
        rows = PaperForm.objects.select_for_update().filter(pk__in=list(form_ids), interaction__isnull=True)
        if wanted != FormState.UNUSED and not access.may(SUPERVISE):
            rows = rows.filter(state=FormState.UNUSED)
        forms = list(rows.exclude(state=FormState.KEYED).order_by("pk"))
        PaperForm.objects.filter(pk__in=[one.pk for one in forms]).update(
            state=wanted,
            why="" if wanted == FormState.UNUSED else words,
            noted_at=now,
            noted_by_label=access.actor.label[:120],
            checked_at=now if wanted == FormState.UNUSED else None,
        )
        audit.record(*(_noted(one, wanted, words) for one in forms), actor=access.actor, now=now)
    return len(forms)


def _noted(form: PaperForm, state: FormState, why: str) -> audit.Act:
    before: dict[str, Any] = {"state": form.state}
    after: dict[str, Any] = {"state": state.value}
    return audit.Act(
        "interactions.form_noted", BATCH_TYPE, form.batch_id, form.number, before=before, after=after, reason=why
    )
