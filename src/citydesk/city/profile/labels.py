"""Words for the profile room's codes."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from citydesk.city.profile.choices import SourceStatus

SOURCE_STATUS: dict[str, Any] = {
    SourceStatus.PRINTED: _("printed by the office"),
    SourceStatus.DESCRIBED: _("described by the office"),
    SourceStatus.NEWS: _("news report"),
    SourceStatus.SECONDARY: _("third party's page"),
    SourceStatus.OPEN_DATA: _("open data"),
    SourceStatus.BORROWED: _("borrowed"),
    SourceStatus.OWN: _("own decision"),
}
