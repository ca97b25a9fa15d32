"""One referral: for the desk, for the other side by its link, and those of one request."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from citydesk.contact.referrals import labels
from citydesk.contact.referrals.choices import OBJECT, OPEN_STATES
from citydesk.contact.referrals.models import Referral, ReferralEntry, ReferralFile
from citydesk.contact.referrals.queries.duties import may_open_duty_file
from citydesk.contact.referrals.queries.links import path_of, require_link
from citydesk.contact.referrals.queries.sight import referrals_in_sight
from citydesk.contact.service_requests import queries as requests
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound
from citydesk.kernel.files import links_to


@dataclass(frozen=True)
class Said:
    """One entry with its files: `{id, name, is_image, url}`; the link's page has addresses of its own."""

    at: datetime
    kind: str
    is_ours: bool
    by: str
    text: str
    files: tuple[Any, ...] = ()


@dataclass(frozen=True)
class ReferralPage:
    """What a page shows of a referral. `link` is empty where the reader is the other side."""

    row: Referral
    agency: str
    service: str
    said: list[Said]
    is_open: bool
    link: str = ""
    history: list[Any] = field(default_factory=list)

    @property
    def has_news(self) -> bool:
        row = self.row
        return row.heard_at is not None and (row.seen_at is None or row.seen_at < row.heard_at)


def id_of(access: Access, number: str) -> int:
    """The id behind a number the reader may see. Raises `NotFound`."""
    found = referrals_in_sight(access).filter(number=number.upper()).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound(_("There is no such referral."))
    return found


def get_referral(access: Access, number: str, *, now: datetime) -> ReferralPage:
    """A referral's page, logged as read. Raises `NotFound`."""
    row = referrals_in_sight(access).select_related("agency").filter(number=number.upper()).first()
    if row is None:
        raise NotFound(_("There is no such referral."))
    audit.record_read(object_type=OBJECT, object_id=row.pk, purpose="page", actor=access.actor, now=now)
    has_link = row.state in OPEN_STATES and row.link_revoked_at is None and row.link_ends_at > now
    return _page(row, link=path_of(row.link_key) if has_link else "", history=_history(row))


def _history(row: Referral) -> list[audit.HistoryLine]:
    lines = audit.history_of(OBJECT, row.pk)
    return [replace(one, actor=labels.said_by(one.actor, row.agency.names)) for one in lines]


def get_by_link(token: str, *, now: datetime) -> ReferralPage:
    """The page of the other side. Raises `NotFound` for a link that does not open."""
    return _page(require_link(token, now=now))


def _page(row: Referral, *, link: str = "", history: list[Any] | None = None) -> ReferralPage:
    return ReferralPage(
        row=row,
        agency=labels.in_language(row.agency.names),
        service=labels.in_language(row.service_names),
        said=_said(row),
        is_open=row.state in OPEN_STATES,
        link=link,
        history=history or [],
    )


def _said(row: Referral) -> list[Said]:
    entries = list(ReferralEntry.objects.filter(referral=row))
    pairs = list(ReferralFile.objects.filter(referral=row).values_list("entry_id", "file_id"))
    links = {one.id: one for one in links_to([file_id for _entry, file_id in pairs])} if pairs else {}
    files: dict[int, list[Any]] = {}
    for entry_id, file_id in pairs:
        if file_id in links:
            files.setdefault(entry_id, []).append(links[file_id])
    names = row.agency.names
    return [
        Said(
            one.at,
            one.kind,
            one.is_ours,
            one.by_label if one.is_ours else labels.said_by(one.by_label, names),
            one.text,
            tuple(files.get(one.pk, ())),
        )
        for one in entries
    ]


def of_request(access: Access, request_number: str) -> tuple[Any, list[dict[str, Any]]]:
    """The request in a line, and its referrals, newest first, for the fold on the request's page."""
    brief = requests.get_brief(access, request_number)
    rows = referrals_in_sight(access).filter(request_id=brief.id).order_by("-id")
    fields = ("number", "state", "agency__names", "sent_at", "acknowledge_at", "finish_at", "external_number")
    return brief, list(rows.values(*fields, "heard_at", "seen_at", "answered_by", "reminder_count")[:20])


def may_open_file(access: Access, file_id: int) -> bool:
    """Whether a reader may open a stored file: whoever sees its referral, violation or obligation."""
    return referrals_in_sight(access).filter(files__file_id=file_id).exists() or may_open_duty_file(access, file_id)


def shown_file(token: str, file_id: int, *, now: datetime) -> Any:
    """The stored file that the holder of a link may open. Raises `NotFound`."""
    row = require_link(token, now=now)
    found = ReferralFile.objects.filter(referral=row, file_id=file_id).select_related("file").first()
    if found is None or found.file.scan_state in ("infected", "waiting"):
        raise NotFound(_("There is no such file."))
    return found.file
