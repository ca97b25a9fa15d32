"""Words for the codes of this room, and how its numbers are written."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from citydesk.contact.traffic.choices import Formula

FORMULA = {
    Formula.STRICT: lazy("answered in time, of all offered"),
    Formula.NET_OF_SHORT: lazy("answered in time, of offered without those who hung up at once"),
    Formula.NET_OF_ABANDONED: lazy("answered in time, of offered without those who hung up in time"),
    Formula.ANY_REMOVAL: lazy("answered or hung up in time, of all offered"),
    Formula.OF_ANSWERED: lazy("answered in time, of all answered (flatters: who hung up is left out)"),
}


def percent(share: float) -> str:
    """A share as percent with one decimal, without the sign."""
    return f"{100 * share:.1f}"


def seconds(length: float | None) -> str:
    """A wait in seconds with one decimal; where a line grows without end or nobody is answered there is none."""
    return _("no end") if length is None else _("%(seconds)s s") % {"seconds": f"{length:,.1f}"}
