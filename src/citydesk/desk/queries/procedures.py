"""The shared procedures of a request, as the department of its team does them."""

from django.utils.translation import gettext as _

from citydesk.city.knowledge import queries as knowledge
from citydesk.contact.service_requests import queries as requests
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound


def of_request(access: Access, number: str, language: str) -> list[tuple[str, knowledge.ShownProcedure]]:
    """Code and steps of each procedure for the request's code. Raises `NotFound` for a request out of sight."""
    rows = requests.requests_in_sight(access).filter(number=number.strip().upper())
    facts = rows.values_list("service__code", "team__department__code").first()
    if facts is None:
        raise NotFound(_("There is no such request."))
    code, department = facts
    return [
        (one.code, knowledge.shown_for(access, one.code, one.department, language=language))
        for one in knowledge.procedures_for(code, department or "", language)
    ]
