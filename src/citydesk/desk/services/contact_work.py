"""What one save of a contact gathers on its way, shared by the services that write its parts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from citydesk.contact.service_requests import services as requests
from citydesk.desk.queries import neighbors
from citydesk.desk.rules import contact as rules
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import CitydeskError, Conflict, Invalid, ManyInvalid


@dataclass
class Work:
    """What one save gathers on its way."""

    access: Access
    now: datetime
    held: dict[str, Any]
    fields: dict[str, Any]
    errors: list[CitydeskError]
    received_at: datetime
    language: str
    person: requests.Person | None = None
    customer_id: int | None = None

    @cached_property
    def is_confidential(self) -> bool:
        """Ticked, or by the code of any of its requests. One request in confidence makes the whole contact so."""
        written = [one["fields"] for one in self.fields.get("requests", [])]
        if rules.is_request_wanted(self.fields):
            written.append(self.fields)
        services = (neighbors.service(str(one.get("code", "")), self.now) for one in written)
        return self.fields.get("is_confidential") == "1" or any(one.is_confidential for one in services if one)


def beside(error: CitydeskError, fields: Mapping[str, str], default: str) -> list[CitydeskError]:
    """The errors of another room beside the fields of this form."""
    if isinstance(error, Conflict):
        return [Invalid(str(error.message), field=default)]
    found = error.errors if isinstance(error, ManyInvalid) else [error]
    return [Invalid(str(one.message), field=fields.get(one.field, one.field or default)) for one in found]
