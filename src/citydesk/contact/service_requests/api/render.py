"""Writing answers as GeoReport v2 wants them: the same data as XML with its element names, or as JSON without them.

In XML every element of the contract is written, empty when there is nothing; in JSON it is null. Lists at the top are
bare arrays in JSON and one wrapping element in XML ("Spark" mapping).
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from django.http import HttpResponse

from citydesk.city.profile import queries as profile

XML, JSON = "xml", "json"
_TYPES = {XML: "text/xml; charset=utf-8", JSON: "application/json; charset=utf-8"}
# Wrapping element -> element of each item, wherever it stands.
_ITEMS = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
    "notes": "note",
    "media_urls": "media_url",
}
# XML 1.0 has no way to write these, not even escaped.
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def respond(root: str, data: Any, form: str, *, status: int = 200) -> HttpResponse:
    """The answer in a format. `root` is the outer element of the XML."""
    if form == JSON:
        body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    else:
        words = f'<?xml version="1.0" encoding="utf-8"?>\n{_element(root, data)}'
        body = _UNWRITABLE.sub("", words).encode()
    return HttpResponse(body, content_type=_TYPES[form], status=status)


def _element(name: str, value: Any) -> str:
    return f"<{name}>{_content(name, value)}</{name}>"


def _content(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "".join(_element(key, one) for key, one in value.items())
    if isinstance(value, list):
        return "".join(_element(_ITEMS.get(name, "value"), one) for one in value)
    return escape(str(value))


def moment(at: datetime | None) -> str | None:
    """A time in the city's zone, whole seconds, with the offset: fractions break the clients' patterns."""
    return at.astimezone(profile.local_zone()).isoformat(timespec="seconds") if at else None
