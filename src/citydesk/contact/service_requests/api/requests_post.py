"""POST /requests: a report from a partner's program."""

from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from citydesk.city.staff.queries import Partner
from citydesk.contact.service_requests.api.asked import language_of, require_jurisdiction, require_partner
from citydesk.contact.service_requests.api.errors import answering
from citydesk.contact.service_requests.api.render import respond
from citydesk.contact.service_requests.api.requests_get import list_requests
from citydesk.contact.service_requests.choices import FILE_PURPOSE
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.services import open311 as posts
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import CitydeskError, Invalid
from citydesk.kernel.files import store_upload

SCOPE = "open311.report"
MOST_FILES = 5
# A form with its photos; more than this is refused before anything is read.
LARGEST = 40 * 1024 * 1024


@answering("GET", "POST", why="requests may be read by anybody; reporting asks for a key itself")
def requests(request: HttpRequest, form: str) -> HttpResponse:
    """List requests, or report one."""
    return report(request, form) if request.method == "POST" else list_requests(request, form)


def report(request: HttpRequest, form: str) -> HttpResponse:
    """Record a report and answer its number (200, as the contract's clients expect)."""
    fields = _fields(request)
    partner = require_partner(request, fields, SCOPE)
    require_jurisdiction(_first(fields, "jurisdiction_id") or request.GET.get("jurisdiction_id", ""))
    file_ids, problems = _files(request, partner)
    receipt = posts.receive_post(
        fields=fields,
        sender=posts.Sender(partner.key_id, partner.actor.label, partner.service_codes),
        now=utc_now(),
        file_ids=file_ids,
        language=language_of(request, _first(fields, "locale")),
        key=request.headers.get("Idempotency-Key", "").replace("\x00", "").strip(),
        notice=" ".join(problems),
    )
    return respond("service_requests", [_receipt(receipt, _first(fields, "service_code"))], form)


def _receipt(receipt: posts.Receipt, code: str) -> dict[str, Any]:
    """The number or the token, never both."""
    identity = {"service_request_id": receipt.number} if receipt.number else {"token": receipt.token}
    return {**identity, "service_notice": receipt.notice or _promise(code), "account_id": None}


def _promise(code: str) -> str | None:
    """What the catalog says happens next."""
    words = policy.service(code, policy.today(utc_now())).script.get("promise") or {}
    return next(iter(words.values()), None)


def _fields(request: HttpRequest) -> list[tuple[str, str]]:
    """The form's pairs in their order, urlencoded or multipart. Raises `RequestDataTooBig`, `BadRequest`."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length) > LARGEST:
        raise RequestDataTooBig
    if request.content_type == "multipart/form-data":
        return [(name, value) for name, values in request.POST.lists() for value in values]
    try:
        words = request.body.decode("utf-8", "replace")
        return parse_qsl(words, keep_blank_values=True, max_num_fields=posts.MOST_FIELDS)
    except ValueError as error:
        raise BadRequest("too many fields") from error


def _files(request: HttpRequest, partner: Partner) -> tuple[list[int], list[str]]:
    """Every file part, whatever its name, as stored photos; and words about those that could not be kept.

    A photo that is none does not cost the city the report: the sender reads about it in service_notice.
    """
    stored: list[int] = []
    problems: list[str] = []
    if request.content_type != "multipart/form-data":
        return stored, problems
    uploads = [upload for _name, several in request.FILES.lists() for upload in several]
    if len(uploads) > MOST_FILES:
        raise Invalid(_("At most %(most)s files with one report.") % {"most": MOST_FILES}, field="media")
    for upload in uploads:
        try:
            kept = store_upload(
                upload,
                purpose=FILE_PURPOSE,
                actor=partner.actor,
                now=utc_now(),
                allowed=("image",),
                max_bytes=settings.UPLOAD_MAX_BYTES,
            )
            stored.append(kept.pk)
        except CitydeskError as error:
            problems.append(_("A file was not kept: %(reason)s") % {"reason": error.message})
    return stored, problems


def _first(fields: list[tuple[str, str]], name: str) -> str:
    return next((value.strip() for one, value in fields if one == name and value.strip()), "")
