"""Writing to departments about shared procedures: correspondence and knowledge do not know each other."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from citydesk.city.correspondence import services as correspondence
from citydesk.city.knowledge import queries as knowledge
from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.kernel.actors import SYSTEM, SYSTEM_ACCESS
from citydesk.kernel.errors import NotFound


def ask_department(*, procedure: str, version: int, department: str, count: int, key: str, now: datetime) -> bool:
    """Write to a department that a version waits for it; whether a letter was written.

    None is for one that accepted meanwhile, left, or has no address. Once for each `key`.
    """
    language = profile.city().languages[0]
    try:
        page = knowledge.get_procedure(SYSTEM_ACCESS, procedure, department=department, language=language)
        whom = staff.department(department)
    except NotFound:
        return False
    shown = page.shown
    if page.row.is_retired or page.row.number != version or not shown.is_behind or not whom.mail:
        return False
    path = reverse("knowledge:procedure", args=[procedure])
    correspondence.send(
        template="procedure_reminder" if count else "procedure_new",
        language=language,
        channel="email",
        to=whom.mail,
        fields={
            "service": page.title,
            "number": str(version),
            "agency": page.owner.name,
            "team": shown.department_name,
            "text": page.note,
            "link": f"{settings.SITE_URL}{path}?department={department}",
        },
        about=correspondence.About("knowledge.procedure", page.row.pk, procedure),
        key=f"procedure:{key}",
        actor=SYSTEM,
        now=now,
    )
    return True
