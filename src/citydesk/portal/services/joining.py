"""The same trouble as a report that is open: counted as a contact, told how it goes on."""

from datetime import datetime

from django.db import transaction

from citydesk.contact.interactions import services as interactions
from citydesk.contact.interactions.choices import OutcomeKind
from citydesk.contact.service_requests import queries as request_reads
from citydesk.contact.service_requests import services as requests
from citydesk.contact.service_requests.choices import OBJECT_TYPE
from citydesk.contact.service_requests.queries.tracked import token_of_follower
from citydesk.kernel.actors import RESIDENT, SYSTEM_ACCESS, Access, EveryPermission
from citydesk.kernel.throttle import throttle
from citydesk.portal.rules import Draft
from citydesk.portal.services.reporting import person_of, record_web_contact

# "The same here" from one network: a household or a school, not a crowd made by one machine.
_MOST, _SECONDS = 20, 3600
# Rights are not the resident's question here: what they may join was checked; the act is still theirs in the record.
_RESIDENT_ACCESS = Access(RESIDENT, EveryPermission())


def join_report(*, number: str, draft: Draft, network: str, now: datetime) -> str:
    """Join an open public report; returns the token of the new follower's page, empty without a way to be told.

    The caller has checked that the report is public. Raises `TooMany`, `Conflict` when it was closed. Twice is once.
    """
    throttle(f"portal.join {network}", limit=_MOST, per_seconds=_SECONDS, now=now)
    request_id = request_reads.id_of(SYSTEM_ACCESS, number)
    with transaction.atomic():
        person = person_of(draft, now=now)
        outcome = interactions.OutcomeFacts(OutcomeKind.FOLLOW, OBJECT_TYPE, request_id, number, number)
        contact_id = record_web_contact(draft, person, None, outcome, False, at=now, now=now)
        follower_id = requests.me_too(
            request_id=request_id,
            person=person,
            access=_RESIDENT_ACCESS,
            now=now,
            interaction_id=contact_id,
        )
    return token_of_follower(follower_id) if follower_id else ""
