"""Confidential requests for whoever opens one in an emergency: what is kept from a reader, and one read whole.

The rule of sight stays as it is. The reading of the one record that was opened goes by rights that hold for this
reading alone; who may open and until when is the records room's to say, and it has asked before it comes here.
"""

from dataclasses import replace

from django.utils.translation import get_language

from citydesk.contact.service_requests import choices, labels
from citydesk.contact.service_requests.models import ServiceRequest
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.queries.records import read_record
from citydesk.contact.service_requests.rules import catalog
from citydesk.kernel.actors import Access, Actor
from citydesk.kernel.exports import Field, Record, UnderGlass
from citydesk.kernel.numbering import parse_number
from citydesk.kernel.texts import words_of

_FOR_ONE_READING = frozenset({choices.VIEW, choices.VIEW_ALL, choices.CONFIDENTIAL, choices.NOTES})


def find_under_glass(access: Access, number: str) -> UnderGlass | None:
    """The confidential request of a number that this reader does not see; None for every other number alike."""
    rows = ServiceRequest.objects.filter(number=parse_number(number) or "", is_confidential=True)
    hidden = rows.exclude(pk__in=ServiceRequest.objects.visible_to(access).values("pk"))
    row = hidden.values_list("pk", "number", "owner_id", "team_id", "identity_handle").first()
    return UnderGlass(*row[:4], has_reporter=row[4] is not None) if row else None


def read_under_glass(actor: Actor, object_id: int) -> Record:
    """A request in plain fields, state and answers in the reader's words, for somebody who opened it. The caller has
    authorized. Raises `NotFound`."""
    found = read_record(Access(actor, _FOR_ONE_READING), object_id)
    row = ServiceRequest.objects.only("state", "policy_date", "answers", "service__code").select_related("service")
    kept = row.get(pk=object_id)
    language = (get_language() or "en").split("-")[0]
    service = policy.service(kept.service.code, kept.policy_date)
    said = catalog.answers_in_words(service, kept.answers, language, words_of(labels.ANSWERS))
    answers = tuple(
        Field(f"answer.{one.code}", one.short.get(language) or one.ask.get(language) or one.code, text, "personal")
        for one, text in said
    )
    others = [one for one in found.fields if not one.code.startswith("answer.")]
    state = str(words_of(labels.STATES)[kept.state])
    fields = [replace(one, text=state) if one.code == "state" else one for one in others]
    return replace(found, fields=(*fields, *answers))
