"""The chase list: open referrals by what is late, and its counts."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from citydesk.contact.referrals import labels
from citydesk.contact.referrals.choices import OPEN_STATES, ReferralState
from citydesk.contact.referrals.models import Referral
from citydesk.contact.referrals.queries.agencies import agency_choices
from citydesk.contact.referrals.queries.sight import referrals_in_sight
from citydesk.kernel.actors import Access
from citydesk.kernel.lists import (
    ChoiceFilter,
    Column,
    DateRangeFilter,
    Key,
    ListSpec,
    MultiFilter,
    Option,
    Sort,
)

LINE = (
    "id", "number", "state", "request_number", "service_names", "place_label", "agency__names", "agency__code",
    "sent_at", "sent_by_label", "acknowledge_at", "finish_at", "acknowledged_at", "ended_at", "reminder_count",
    "external_number", "heard_at", "seen_at", "link_ends_at", "link_revoked_at",
)  # fmt: skip

# They said something that nobody here has noted as seen.
NEWS = Q(heard_at__isnull=False) & (Q(seen_at__isnull=True) | Q(seen_at__lt=F("heard_at")))


def _show(now: datetime) -> Callable[[Any, str], Any]:
    narrowed: dict[str, Q] = {
        "open": Q(state__in=OPEN_STATES),
        "silent": Q(state=ReferralState.SENT, acknowledge_at__lt=now),
        "late": Q(state__in=OPEN_STATES, finish_at__lt=now),
        "news": NEWS,
    }
    return lambda rows, value: rows.filter(narrowed[value])


def _states(access: Access) -> list[Option]:
    return [Option(code.value, label) for code, label in labels.STATES.items()]


def _agencies(access: Access) -> list[Option]:
    return [Option(code, name) for code, name in agency_choices()]


_COLUMNS = (
    Column(code="number", label=_("Number")),
    Column(code="state", label=_("Status"), value=lambda row: str(labels.STATES[row["state"]])),
    Column(code="agency", label=_("To"), value=lambda row: labels.in_language(row["agency__names"])),
    Column(code="request", label=_("Request"), value="request_number"),
    Column(code="what", label=_("What"), value=lambda row: labels.in_language(row["service_names"])),
    Column(code="place", label=_("Place"), value="place_label"),
    Column(code="sent", label=_("Sent"), value="sent_at", kind="moment", sort="newest"),
    Column(code="acknowledge", label=_("Answer due"), value="acknowledge_at", kind="moment", sort="due"),
    Column(code="finish", label=_("Work due"), value="finish_at", kind="moment"),
    Column(code="reminders", label=_("Reminders"), value="reminder_count", kind="number"),
    Column(code="external", label=_("Their number"), value="external_number"),
)
_SORTS = (
    Sort("due", _("Answer due"), (Key("acknowledge_at"),)),
    Sort("newest", _("Sent"), (Key("sent_at", is_descending=True),)),
)


def spec(now: datetime) -> ListSpec:
    """The chase list as it filters, sorts and exports at a moment."""
    return ListSpec(
        code="referrals",
        columns=_COLUMNS,
        sorts=_SORTS,
        default_sort="due",
        filters=(
            ChoiceFilter(
                code="show",
                label=_("Show"),
                narrow=_show(now),
                options=(
                    Option("open", _("Still open")),
                    Option("silent", _("No answer in time")),
                    Option("late", _("Work late")),
                    Option("news", _("New answers")),
                ),
            ),
            MultiFilter(code="state", label=_("Status"), field="state", options=_states),
            MultiFilter(code="agency", label=_("To"), field="agency__code", options=_agencies),
            DateRangeFilter(code="sent", label=_("Sent"), field="sent_at"),
        ),
        fields=LINE,
    )


def list_referrals(access: Access) -> QuerySet[Referral]:
    """All the reader sees, for a list page to filter, sort and cut."""
    return referrals_in_sight(access)


def count_chase(access: Access, now: datetime) -> dict[str, int]:
    """`{open, silent, late, news}` of the referrals the reader sees. One statement."""
    is_open = Q(state__in=OPEN_STATES)
    return referrals_in_sight(access).aggregate(
        open=Count("pk", filter=is_open),
        silent=Count("pk", filter=Q(state=ReferralState.SENT, acknowledge_at__lt=now)),
        late=Count("pk", filter=is_open & Q(finish_at__lt=now)),
        news=Count("pk", filter=NEWS),
    )


def list_pressing(access: Access, now: datetime, *, limit: int = 6) -> list[dict[str, Any]]:
    """What needs somebody: new answers, then those that are silent or late, the longest first."""
    wanted = NEWS | Q(state=ReferralState.SENT, acknowledge_at__lt=now) | Q(state__in=OPEN_STATES, finish_at__lt=now)
    return list(referrals_in_sight(access).filter(wanted).order_by("acknowledge_at").values(*LINE)[:limit])


def find_referrals(access: Access, number: str, text: str, limit: int) -> list[dict[str, Any]]:
    """By a number of ours, else by the number in the other side's system, newest first."""
    rows = referrals_in_sight(access)
    wanted = Q(number=number) | Q(request_number=number) if number else Q(external_number__iexact=text.strip()[:80])
    return list(rows.filter(wanted).order_by("-id").values(*LINE)[:limit]) if text.strip() else []
