"""A client of GeoReport v2 written from the specification, and what its tests share."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from django.test import Client

from citydesk.city.staff import services as staff
from citydesk.city.staff.tests.factories import make_user
from citydesk.kernel.actors import Access, Actor, ActorKind
from citydesk.kernel.clock import utc_now

SHARED = Path(__file__).resolve().parents[6] / "shared"
PLACE = {"lat": "35.0501", "long": "-85.3001"}


def make_key(*codes: str, scopes: tuple[str, ...] = ("open311.report",), per_minute: int = 6000) -> str:
    """The words of a new key."""
    user = make_user(roles=["administrator"])
    access = Access(Actor(ActorKind.STAFF, user.pk, "Ada"), frozenset({"staff.manage"}))
    return staff.make_api_key(
        name="Test app", scopes=scopes, service_codes=codes, per_minute=per_minute, access=access, now=utc_now()
    )


class GeoReport:
    """Asks in JSON and XML, checks that both say the same, and returns the JSON."""

    def __init__(self, key: str = "") -> None:
        self.key = key
        self.http = Client()

    def get(self, path: str, *, code: int = 200, **asked: str) -> Any:
        """Both formats of one address; the JSON's data."""
        said = self.http.get(f"/open311/v2/{path}.json", asked)
        assert said.status_code == code, (said.status_code, said.content)
        assert said["Content-Type"] == "application/json; charset=utf-8"
        data = json.loads(said.content)
        tree = self.xml(path, code=code, **asked)
        assert as_text(data) == read(tree)
        return data

    def xml(self, path: str, *, code: int = 200, **asked: str) -> ElementTree.Element:
        """The XML of one address."""
        said = self.http.get(f"/open311/v2/{path}.xml", asked)
        assert said.status_code == code, (said.status_code, said.content)
        assert said["Content-Type"] == "text/xml; charset=utf-8"
        assert said.content.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
        tree = ElementTree.fromstring(said.content)
        assert not any(one.attrib for one in tree.iter())
        return tree

    def post(self, *, code: int = 200, form: str = "json", headers: dict[str, str] | None = None, **fields: Any) -> Any:
        """Report; the JSON's data."""
        values = {"api_key": self.key, "service_code": "pothole", **PLACE, **fields}
        said = self.http.post(
            f"/open311/v2/requests.{form}",
            encode({name: value for name, value in values.items() if value is not None}),
            content_type="application/x-www-form-urlencoded",
            headers=headers,
        )
        assert said.status_code == code, (said.status_code, said.content)
        return json.loads(said.content) if form == "json" else ElementTree.fromstring(said.content)


def encode(fields: dict[str, Any]) -> str:
    """A form body; lists repeat their name."""
    from urllib.parse import urlencode

    return urlencode(fields, doseq=True)


def read(element: ElementTree.Element) -> Any:
    """XML back to data: elements with equal children are lists, the others objects or text."""
    lists = {
        "services",
        "attributes",
        "values",
        "service_requests",
        "errors",
        "endpoints",
        "formats",
        "notes",
        "media_urls",
    }
    if element.tag in lists:
        return [read(child) for child in element]
    if len(element):
        return {child.tag: read(child) for child in element}
    return element.text or ""


def as_text(data: Any) -> Any:
    """JSON as XML can say it: everything is text, null is empty."""
    if isinstance(data, dict):
        return {key: as_text(value) for key, value in data.items()}
    if isinstance(data, list):
        return [as_text(one) for one in data]
    if data is None:
        return ""
    return str(data).lower() if isinstance(data, bool) else str(data)
