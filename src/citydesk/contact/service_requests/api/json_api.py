"""Service requests in the JSON API: the public view of one, for partners' programs."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema

from citydesk.contact.service_requests.queries.public import get_public
from citydesk.kernel.errors import NotAllowed

router = Router(tags=["requests"])
SCOPE = "requests.read"


class Refusal(Schema):
    """Why something was refused."""

    code: str
    message: str
    field: str = ""
    hint: str = ""


class RequestOut(Schema):
    """Where a request stands, as the public may know it."""

    number: str
    service_code: str
    service_name: str
    is_open: bool
    state: str
    status_code: str
    status_text: str
    department: str
    received_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    expected_at: datetime | None


_REFUSALS = {code: Refusal for code in (400, 401, 403, 404, 429)}


@router.get("requests/{number}", response={200: RequestOut, **_REFUSALS}, operation_id="request")
def request_status(request: HttpRequest, number: str) -> Any:
    """Where a request stands. 404 alike for unknown numbers and for those nobody may know of."""
    if not request.auth.may(SCOPE):  # type: ignore[attr-defined]
        raise NotAllowed(_("This key may not read requests."), hint=SCOPE)
    return get_public(number)
