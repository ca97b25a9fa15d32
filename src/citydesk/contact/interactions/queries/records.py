"""Contacts as records: whose retention may end, which answer a public-records request, what leaves the house of one."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from citydesk.city.customers import queries as customers
from citydesk.contact.interactions import choices
from citydesk.contact.interactions.models import FormBatch, Interaction, InteractionOutcome, RawIntake
from citydesk.kernel import texts
from citydesk.kernel.actors import Access
from citydesk.kernel.destruction import Due, due_rows
from citydesk.kernel.errors import NotFound
from citydesk.kernel.exports import Field, Found, Record, Wanted
from citydesk.kernel.telephone import phone_words


def contacts_due(
    *, before: datetime, after: tuple[datetime, int] | None = None, limit: int = 500, ids: Collection[int] | None = None
) -> list[Due]:
    """Saved and abandoned contacts by when they ended."""
    ended = Interaction.objects.exclude(state__in=choices.OPEN_STATES).annotate(
        ended_at=Coalesce("recorded_at", "touched_at")
    )
    rows = due_rows(ended, "ended_at", before=before, after=after, limit=limit, ids=ids)
    found = list(rows.values_list("pk", "number", "ended_at", "customer_id", "address_id"))
    about: dict[int, list[str]] = {}
    outcomes = InteractionOutcome.objects.filter(interaction_id__in=[one[0] for one in found]).exclude(target_number="")
    for pk, number in outcomes.values_list("interaction_id", "target_number"):
        about.setdefault(pk, []).append(number)
    return [
        Due(
            pk,
            number,
            at,
            (customer,) if customer else (),
            (address,) if address else (),
            (number, *about.get(pk, ())),
        )
        for pk, number, at, customer, address in found
    ]


def raw_due(
    *, before: datetime, after: tuple[datetime, int] | None = None, limit: int = 500, ids: Collection[int] | None = None
) -> list[Due]:
    """Raw input that was worked off, by when it came."""
    worked = RawIntake.objects.filter(state__in=[choices.RawState.PROCESSED, choices.RawState.REJECTED])
    rows = due_rows(worked, "received_at", before=before, after=after, limit=limit, ids=ids)
    return [
        Due(pk, f"{source} {pk}", at, (), (), (number,) if number else ())
        for pk, source, at, number in rows.values_list("pk", "source", "received_at", "result_number")
    ]


def forms_due(
    *, before: datetime, after: tuple[datetime, int] | None = None, limit: int = 500, ids: Collection[int] | None = None
) -> list[Due]:
    """Batches of printed forms, by when they were printed."""
    rows = due_rows(FormBatch.objects.all(), "printed_at", before=before, after=after, limit=limit, ids=ids)
    return [
        Due(pk, f"{first} - {last}", at, (), (), (first, last))
        for pk, first, last, at in rows.values_list("pk", "first_number", "last_number", "printed_at")
    ]


def find_records(access: Access, wanted: Wanted) -> list[Found]:
    """Saved contacts with the words in what was said, where, or what came of it; newest first."""
    rows = Interaction.objects.visible_to(access).filter(state=choices.State.SAVED)
    if wanted.since:
        rows = rows.filter(received_at__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(received_at__lt=wanted.until)
    if wanted.text:
        rows = rows.filter(
            Q(words__icontains=wanted.text)
            | Q(place_label__icontains=wanted.text)
            | Q(ending_note__icontains=wanted.text)
            | Q(number__iexact=wanted.text)
        )
    found = rows.order_by("-received_at", "-pk")[: wanted.limit]
    return [
        Found(pk, number, at, words[:120], secret)
        for pk, number, at, words, secret in found.values_list(
            "pk", "number", "received_at", "words", "is_confidential"
        )
    ]


def records_of_people(access: Access, customer_ids: Collection[int]) -> list[int]:
    """Saved contacts of people, newest first."""
    rows = Interaction.objects.visible_to(access).filter(
        state=choices.State.SAVED, customer_id__in=list(customer_ids), is_confidential=False
    )
    return list(rows.order_by("-received_at").values_list("pk", flat=True))


def read_record(access: Access, object_id: int) -> Record:
    """A saved contact in plain fields. Raises `NotFound`."""
    row = Interaction.objects.visible_to(access).filter(pk=object_id, state=choices.State.SAVED).first()
    if row is None:
        raise NotFound(_("There is no such contact."))
    label = customers.labels([row.customer_id]).get(row.customer_id) if row.customer_id else None
    outcomes = InteractionOutcome.objects.filter(interaction=row).order_by("pk")
    fields = [
        Field("channel", _("Channel"), row.channel, "internal"),
        Field("received", _("Received"), texts.full_time(row.received_at), "internal"),
        Field("customer", _("Person"), f"{label.display_name} ({label.number})" if label else "", "personal"),
        Field("place", _("Place"), ", ".join(filter(None, (row.place_label, row.place_detail))), "personal"),
        Field("words", _("In their words"), row.words, "personal"),
        Field("callback", _("Callback number"), phone_words(row.callback_number), "personal"),
        Field("ending", _("How it ended"), row.ending_note, "personal"),
        *(
            Field(f"outcome.{one.pk}", one.kind, f"{one.target_number} {one.target_label}".strip(), "personal")
            for one in outcomes
        ),
    ]
    return Record(row.pk, row.number, row.number, row.received_at, tuple(one for one in fields if one.text))
