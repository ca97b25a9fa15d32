"""Who an agent of a switch is."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.staff import queries as staff
from citydesk.contact.traffic.choices import MANAGE
from citydesk.contact.traffic.models import SourceAgent
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound


def link_agent(*, agent_id: int, user_id: int | None, access: Access, now: datetime) -> None:
    """Say which person an agent's name of a switch means (None: nobody known). Raises `NotAllowed`, `NotFound`."""
    access.require(MANAGE)
    person = staff.get_user(user_id) if user_id is not None else None
    with transaction.atomic():
        row = SourceAgent.objects.select_for_update().filter(pk=agent_id).first()
        if row is None:
            raise NotFound(_("There is no such agent."))
        before = row.user_id
        row.user_id = user_id
        row.save(update_fields=["user"])
        label = f"{row.source}: {row.name}"
        after = {"user": user_id, "name": person.name if person else ""}
        act = audit.Act("traffic.agent_linked", "traffic.agent", row.pk, label, before={"user": before}, after=after)
        audit.record(act, actor=access.actor, now=now)
