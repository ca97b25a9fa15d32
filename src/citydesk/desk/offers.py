"""What the desk adds to the shell of every page: the contact screen and the strip of open contacts."""

from django.utils.translation import gettext_lazy as _

from citydesk.city.profile import queries as profile
from citydesk.contact.interactions.choices import TAKE
from citydesk.desk.views import contact_shell
from citydesk.kernel.registries import NavItem, Permission, registries
from citydesk.kernel.shell import provide

registries.add(
    Permission("desk.home", _("Open one's own opening page")),
    Permission("desk.search", _("Find numbers, people, places and words")),
    Permission("desk.supervise", _("See what needs a supervisor's decision")),
    Permission("desk.admin", _("Administer the installation; reads no record of residents")),
    Permission("audit.view", _("Read the history of acts across the house")),
)
registries.add(NavItem("contact", _("Contact"), "desk:contact", TAKE, order=20))
provide("strip", contact_shell.strip_of)
provide("strip_actions", contact_shell.strip_actions_of)
provide("links", contact_shell.links_of)
provide("city_name", lambda request: profile.city().name)
