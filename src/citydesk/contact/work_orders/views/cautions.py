"""What somebody must know before they go to a place: facts that a second person approved, in force today."""

from datetime import datetime

from django.utils.translation import gettext as _

from citydesk.city.customers import queries as customers
from citydesk.city.profile import queries as profile
from citydesk.kernel.texts import short_date


def cautions_at(address_id: int | None, now: datetime) -> list[tuple[str, str]]:
    """Facts about a premise and the people who live there, each with its source, who approved it, until when."""
    if address_id is None:
        return []
    today = profile.city_today(now)
    return [
        (
            one.text,
            _("%(source)s, approved by %(name)s, until %(day)s")
            % {"source": one.source, "name": one.approver, "day": short_date(one.expires_on)},
        )
        for one in customers.active_cautions(today=today, address_ids=[address_id])
    ]
