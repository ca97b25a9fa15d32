"""What is said in confidence is sealed while it is typed, too: whoever holds the draft reads it, no supervisor."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from citydesk.city.customers.choices import CUSTOMERS_SEE_CONFIDENTIAL
from citydesk.city.profile import queries as profile
from citydesk.contact.interactions import rules
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound


def is_in_confidence(draft: Mapping[str, Any], now: datetime) -> bool:
    """Ticked, or by the code of any of its requests."""
    if rules.is_in_confidence(draft):
        return True
    codes = rules.codes_of(draft)
    services = profile.entries("services", profile.city_today(now)) if codes else {}
    return any(services[code].get("is_confidential") for code in codes if code in services)


def require_open_words(draft: Mapping[str, Any], access: Access, now: datetime) -> None:
    """Raise `NotFound` when somebody else's draft is in confidence and the reader may not open such identities."""
    if is_in_confidence(draft, now) and not access.may(CUSTOMERS_SEE_CONFIDENTIAL):
        raise NotFound(_("The resident speaks in confidence: only who holds this contact reads it."))
