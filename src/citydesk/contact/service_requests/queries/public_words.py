"""The sentences everybody may read about where a request stands, by the codes of `rules.publicity.status_code`."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

PUBLIC_STATUS: Mapping[str, Any] = {
    "received": _("We have your request."),
    "in_progress": _("Somebody is working on it."),
    "on_hold": _("The work has to wait. It goes on as soon as possible."),
    "waiting_for_you": _("We need an answer from the person who reported this."),
    "referred": _("We passed this on to those in charge of it and follow it."),
    "closed_done": _("The work is done."),
    "closed_not_ours": _("Closed: this is not a matter of the city. No work was done by us."),
    "closed_no_action": _("Closed: we looked at it and no work was needed."),
    "closed_duplicate": _("Closed: the same was reported before. We work on the first report."),
    "closed_cannot_locate": _("Closed: we could not find the place. Report it again with a better description."),
    "closed_withdrawn": _("Closed: the report was withdrawn."),
}
