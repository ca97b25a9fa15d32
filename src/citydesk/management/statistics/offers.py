"""What statistics offers the house."""

from django.utils.translation import gettext_lazy as _

from citydesk.kernel.registries import Permission, registries
from citydesk.management.statistics.choices import EXPORT, VIEW

registries.add(
    Permission(VIEW, _("Read reports")),
    Permission(EXPORT, _("Take reports and lists away as files")),
)
