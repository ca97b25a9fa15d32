"""What workforce offers the house: the right to plan staff, and its page in the bar."""

from django.utils.translation import gettext_lazy as _

from citydesk.kernel.registries import NavItem, Permission, registries
from citydesk.management.workforce.choices import VIEW

registries.add(
    Permission(VIEW, _("Ask how many people a load needs")),
    NavItem("workforce", _("Staffing"), "workforce:what_if", VIEW, order=760),
)
