"""What the desk adds to the shell of every page: the contact screen and the strip of open contacts."""

from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from citydesk.city.correspondence import queries as correspondence
from citydesk.city.knowledge.choices import VIEW as VIEW_KNOWLEDGE
from citydesk.city.profile import queries as profile
from citydesk.city.staff.choices import SIGN_OUT_PAGE
from citydesk.contact.interactions import queries as contacts
from citydesk.contact.interactions.choices import SUPERVISE, TAKE
from citydesk.contact.service_requests.choices import OBJECT_TYPE as REQUEST
from citydesk.contact.service_requests.choices import VIEW as VIEW_REQUESTS
from citydesk.desk.queries import decisions, installation
from citydesk.desk.views import contact_shell
from citydesk.kernel.actors import Access
from citydesk.kernel.registries import AuditCode, Fold, HomeCard, NavItem, Panel, Permission, registries
from citydesk.kernel.shell import provide


def messages_card(*, access: Access, now: datetime) -> dict[str, Any]:
    """Messages that failed or whose fate is unknown."""
    return {"counts": correspondence.count_to_repair()}


def stopped_card(*, access: Access, now: datetime) -> dict[str, Any]:
    """Work in the background that stands still, in words."""
    return {"stopped": installation.list_stopped_work(now), "at": now}


def decisions_card(*, access: Access, now: datetime) -> dict[str, Any]:
    """Everything that waits for the reader's decision, in all rooms."""
    lines = decisions.list_decisions(access, now)
    return {"lines": lines, "count": sum(one.waiting.count for one in lines), "at": now}


def unfinished_panel(access: Access, object_id: int, now: datetime) -> dict[str, Any] | None:
    """Contacts the person would leave behind on signing out."""
    rows = contacts.list_open_contacts(access=access, now=now)
    return {"contacts": rows} if rows else None


registries.add(
    Permission("desk.home", _("Open one's own opening page")),
    Permission("desk.search", _("Find numbers, people, places and words")),
    Permission("desk.supervise", _("See what needs a supervisor's decision")),
    Permission("desk.admin", _("Administer the installation; reads no record of residents")),
    Permission("desk.imports", _("See what was imported, by whom, and what was refused")),
    Permission("audit.view", _("Read the history of acts across the house")),
)
registries.add(
    NavItem("home", _("Home"), "desk:home", "desk.home", order=10),
    NavItem("map", _("Map"), "desk:map", VIEW_REQUESTS, order=50),
    NavItem("administration", _("Administration"), "desk:administration", "desk.admin", order=90),
    AuditCode("desk.taken_together", _("took the contact together with {names}"), icon="people"),
    NavItem("imports", _("Imports"), "desk:imports", "desk.imports", order=95),
    AuditCode("jobs.retried", _("put the job {object} back in the queue"), icon="refresh"),
    Panel("unfinished", SIGN_OUT_PAGE, unfinished_panel, "desk/home/unfinished.jinja", TAKE),
    HomeCard(
        "messages",
        ("supervisor",),
        messages_card,
        "desk/home/messages.jinja",
        "correspondence.view",
        order=70,
        column="side",
    ),
    HomeCard(
        "decisions", ("director", "supervisor"), decisions_card, "desk/home/decisions.jinja", "desk.home", order=7
    ),
    HomeCard("jobs", ("supervisor",), stopped_card, "desk/home/stopped.jinja", SUPERVISE, order=14),
)
registries.add(
    Fold("procedures", f"{REQUEST}.more", _("Procedure"), "desk:procedures_of_request", VIEW_KNOWLEDGE, order=60)
)
registries.add(NavItem("contact", _("Contact"), "desk:contact", TAKE, order=20))
provide("strip", contact_shell.strip_of)
provide("strip_actions", contact_shell.strip_actions_of)
provide("notices", contact_shell.notices_of)
provide("links", contact_shell.links_of)
provide("city_name", lambda request: profile.city().name)
provide("desk_name", lambda request: profile.city().desk_name((get_language() or "").split("-")[0]))
