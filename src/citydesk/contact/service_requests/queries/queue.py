"""The queue: how it filters, sorts, counts and exports. Its statements touch index ranges, never the whole table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from citydesk.city.places import queries as places
from citydesk.contact.service_requests import choices, labels
from citydesk.contact.service_requests.choices import OPEN_STATES, RequestState
from citydesk.contact.service_requests.models import ServiceRequest
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.queries.columns import FILTER
from citydesk.contact.service_requests.queries.marks import MARK_WORDS, marks_of
from citydesk.contact.service_requests.queries.words import by_words
from citydesk.kernel.actors import Access
from citydesk.kernel.lists import (
    BoolFilter,
    ChoiceFilter,
    Column,
    DateRangeFilter,
    Filter,
    Key,
    ListSpec,
    MultiFilter,
    Option,
    Sort,
    Statements,
    TextFilter,
    moment,
)
from citydesk.kernel.texts import words_of

FIELDS = (
    "id",
    "number",
    "version",
    "state",
    "close_reason",
    "due_at",
    "queue_at",
    "paused_since",
    "review_at",
    "service_id",
    "place_label",
    "council",
    "team_id",
    "owner_id",
    "owner__name",
    "channel",
    "received_at",
    "closed_at",
    "follower_count",
    "contact_count",
    "parent_id",
    "child_count",
    "photo_count",
    "promise_count",
    "return_count",
    "escalation",
    "nudged_at",
    "urgency",
    "is_confidential",
    "is_disputed",
)
LIST_CODE = "service_requests.queue"


class QueueRow(NamedTuple):
    """A line of the queue with its words in the reader's language."""

    id: int
    number: str
    version: int
    state: str
    badge: str
    status: str
    service: str
    due_at: datetime | None
    is_open: bool
    is_paused: bool
    review_at: datetime | None
    place: str
    district: str
    owner: str
    team: str
    channel: str
    received_at: datetime
    closed_at: datetime | None
    followers: int
    marks: tuple[str, ...]
    has_photo: bool
    is_confidential: bool


def list_queue(access: Access, *, own_team: str = "") -> "QuerySet[ServiceRequest]":
    """The rows the reader sees, open, closed and held; `queue_spec` narrows them.

    With `own_team` (see there) those that lie with it: all of them are theirs to see, and one range of an index.
    """
    if own_team:
        only = None if own_team == "mine" else int(own_team)
        return ServiceRequest.objects.lying_with_teams(access, only=only)
    return ServiceRequest.objects.visible_to(access)


def own_team(asked: str, access: Access) -> str:
    """What the filter of teams asks for, if that is the reader's own ("mine" or a team's id), else nothing."""
    is_own = asked == "mine" or (asked.isdecimal() and int(asked) in access.team_ids)
    return asked if access.team_ids and is_own else ""


class _Words(NamedTuple):
    """What names the values of rows in one language: made once a page."""

    services: Mapping[int, str]
    owners: Mapping[int, str]
    teams: Mapping[int, str]
    channels: Mapping[str, str]
    states: Mapping[tuple[str, str], str]
    districts: Mapping[str, str]
    marks: Mapping[str, str]


def prepare(rows: Sequence[Mapping[str, Any]], access: Access) -> list[QueueRow]:
    """Rows of the table as lines: names from what the process keeps, no statement."""
    language = (get_language() or "en").split("-")[0]
    words = policy.kept_for_profile(f"queue_words {language}", lambda: _words(language))
    return [_line(row, words) for row in rows]


def _words(language: str) -> _Words:
    teams = list(policy.teams_by_code().values())
    return _Words(
        services=_Named(lambda pk: _service_name(pk, language)),
        owners={team.id: labels.in_language(team.names, language) for team in teams if team.kind != "office"},
        teams={team.id: labels.in_language(team.names, language) for team in teams},
        channels=_Named(lambda code: str(labels.CHANNELS.get(code, code))),
        states=_Named(lambda pair: str(labels.state_label(*pair))),
        districts=_Named(_district_under_its_head),
        marks=words_of(MARK_WORDS),
    )


class _Named(dict[Any, str]):
    """Words by value, each looked up when it is first met."""

    def __init__(self, name: Callable[[Any], str]) -> None:
        super().__init__()
        self._name = name

    def __missing__(self, value: Any) -> str:
        self[value] = found = self._name(value)
        return found


def _district_under_its_head(code: str) -> str:
    """The district in the column "District": "District 4" is 4 there, "Harbor" stays."""
    return places.district_label("council", code).removeprefix(f"{_('District')} ") if code else ""


def _service_name(service_id: int, language: str) -> str:
    return next((row.name_in(language) for row in policy.code_rows().values() if row.pk == service_id), "")


def _line(row: Mapping[str, Any], words: _Words) -> QueueRow:
    closed_as, state, team = row["close_reason"], row["state"], row["team_id"]
    return QueueRow(
        id=row["id"],
        number=row["number"],
        version=row["version"],
        state=state,
        badge=("closed_done" if closed_as == "done" else "closed_no_action") if closed_as else state,
        status=words.states[state, closed_as],
        service=words.services[row["service_id"]],
        due_at=row["due_at"],
        is_open=state != RequestState.CLOSED,
        is_paused=row["paused_since"] is not None,
        review_at=row["review_at"],
        place=row["place_label"],
        district=words.districts[row["council"]],
        owner=row["owner__name"] or words.owners.get(team, ""),
        team=words.teams.get(team, ""),
        channel=words.channels[row["channel"]],
        received_at=row["received_at"],
        closed_at=row["closed_at"],
        followers=row["follower_count"],
        marks=tuple(marks_of(row, words.marks)),
        has_photo=row["photo_count"] > 0,
        is_confidential=row["is_confidential"],
    )


def _teams(access: Access) -> Sequence[Option]:
    language = (get_language() or "en").split("-")[0]

    def make() -> list[Option]:
        teams = sorted(policy.teams_by_code().values(), key=lambda team: team.name)
        return [
            Option("none", _("No team")),
            *(Option(str(team.id), labels.in_language(team.names, language) or team.name) for team in teams),
        ]

    mine = [Option("mine", _("My teams"))] if access.team_ids else []
    return [*mine, *policy.kept_for_profile(f"team_options {language}", make)]


def _by_team(access: Access, rows: Any, value: str) -> Any:
    if value == "none":
        return rows.filter(team_id__isnull=True)
    ids = sorted(access.team_ids) if value == "mine" else [int(value)]
    return rows.filter(team_id=ids[0]) if len(ids) == 1 else rows.filter(team_id__in=ids)


def _as_they_are(rows: Any, value: str) -> Any:
    return rows


SHOWN = (
    Option("open", pgettext_lazy("several", "Open")),
    Option("closed", pgettext_lazy("several", "Closed")),
    Option("held", lazy("Held by spam brakes")),
    Option("all", lazy("Open and closed")),
)


def _by_show(access: Access, rows: Any, value: str) -> Any:
    if value == "held":
        return rows.filter(is_held=True, is_open=True) if access.may(choices.RELEASE_HELD) else rows.none()
    if value == "closed":
        return rows.filter(is_open=False)
    return rows.filter(is_held=False) if value == "all" else rows.filter(is_open=True, is_held=False)


def _states(access: Access) -> list[Option]:
    return [Option(code.value, labels.STATES[code]) for code in RequestState if code in OPEN_STATES]


def _codes(access: Access) -> list[Option]:
    language = (get_language() or "en").split("-")[0]

    def make() -> list[Option]:
        rows = (row for row in policy.code_rows().values() if row.is_active)
        return [
            Option(row.code, row.name_in(language))
            for row in sorted(rows, key=lambda row: row.name_in(language).lower())
        ]

    return policy.kept_for_profile(f"code_options {language}", make)


def _by_codes(rows: Any, value: tuple[str, ...]) -> Any:
    known = policy.code_rows()
    return rows.filter(service_id__in=[known[code].pk for code in value if code in known])


def _districts(access: Access) -> list[Option]:
    language = (get_language() or "en").split("-")[0]

    def make() -> list[Option]:
        codes = [str(one["code"]) for one in places.list_districts("council")]
        return [Option(code, places.district_label("council", code)) for code in codes]

    return policy.kept_for_profile(f"council_options {language}", make)


DUE = (
    Option("late", lazy("Late")),
    Option("today", lazy("Due today")),
    Option("tomorrow", lazy("Until tomorrow")),
    Option("week", lazy("Within a week")),
)


def _by_due(now: datetime, rows: Any, value: str) -> Any:
    if value == "late":
        # A clock that stands is late only if it was late when it stopped.
        return rows.filter(due_at__lt=now).filter(Q(paused_since__isnull=True) | Q(due_at__lt=F("paused_since")))
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    days = {"today": 1, "tomorrow": 2, "week": 7}[value]
    return rows.filter(due_at__lt=midnight + timedelta(days=days))


OWNERS = (Option("me", lazy("Me")), Option("nobody", lazy("Nobody")))


def _by_owner(access: Access, rows: Any, value: str) -> Any:
    return rows.filter(owner_id__isnull=True) if value == "nobody" else rows.filter(owner_id=access.actor.staff_id)


def _by_mark(now: datetime, rows: Any, value: str) -> Any:
    conditions: dict[str, dict[str, Any]] = {
        "parts": {"child_count__gt": 0},
        "part": {"parent_id__isnull": False},
        "returned": {"return_count__gt": 0},
        "to_rule": {"is_disputed": True},
        "asked": {"contact_count__gt": 1},
        "promise": {"promise_count__gt": 0},
        "escalated": {"escalation__gt": 0},
        "photo": {"photo_count__gt": 0},
        "review_due": {"review_at__lte": now},
        "to_review": {"public_text_state": choices.ReviewState.PENDING.value},
    }
    return rows.filter(**conditions[value])


MARKS = (
    Option("asked", lazy("Asked again")),
    Option("parts", lazy("With parts")),
    Option("part", lazy("Part of another")),
    Option("promise", lazy("Promise given")),
    Option("returned", lazy("Returned")),
    Option("to_rule", lazy("A supervisor must rule")),
    Option("escalated", lazy("Escalated")),
    Option("photo", lazy("With photos")),
    Option("review_due", lazy("Review due")),
    Option("to_review", lazy("Public text to review")),
)

SPEC = ListSpec(
    code=LIST_CODE,
    columns=(
        Column(code="due", label=lazy("Due"), value="due_at", kind="moment", sort="due"),
        Column(code="status", label=lazy("Status")),
        Column(code="number", label=lazy("Number")),
        Column(code="service", label=lazy("Code")),
        Column(code="place", label=lazy("Place")),
        Column(code="district", label=lazy("District")),
        Column(code="team", label=lazy("Team")),
        Column(code="owner", label=lazy("Owner")),
        Column(code="channel", label=lazy("Came by")),
        Column(code="received", label=lazy("Received"), value="received_at", kind="moment", sort="received"),
        Column(code="closed", label=pgettext_lazy("when", "Closed"), value="closed_at", kind="moment", sort="closed"),
        Column(code="followers", label=lazy("Followers"), kind="number"),
        Column(code="marks", label=lazy("Marks"), value=lambda row: ", ".join(row.marks)),
    ),
    sorts=(
        Sort("due", lazy("Soonest due first"), (Key("queue_at"),)),
        Sort("received", lazy("Oldest first"), (Key("received_at"),)),
        Sort("closed", lazy("Last closed first"), (Key("closed_at", is_descending=True, nulls_last=False),)),
    ),
    default_sort="due",
    filters=(
        TextFilter(code="q", label=lazy("Words, place, number"), narrow=by_words),
        MultiFilter(code="status", label=lazy("Status"), field="state", options=_states),
        MultiFilter(code="code", label=lazy("Code"), options=_codes, narrow=_by_codes),
        MultiFilter(code="district", label=lazy("District"), field="council", options=_districts),
        DateRangeFilter(code="closed_on", label=pgettext_lazy("when", "Closed"), field="closed_at"),
        DateRangeFilter(code="received", label=lazy("Received"), field="received_at"),
        FILTER,
        BoolFilter(code="confidential", label=lazy("Confidential"), field="is_confidential"),
    ),
    fields=FIELDS,
    prepare=prepare,
)


def queue_spec(access: Access, *, now: datetime | None = None, own_team: str = "") -> ListSpec:
    """The list as one reader filters it: "me" and "my teams" are theirs, "late" is late at `now`.

    Without `now` the filters that need the time are left out. With `own_team` the rows lie with it already
    (`list_queue`): the filter says which, and adds no condition.
    """
    by_team = _as_they_are if own_team else partial(_by_team, access)
    own: list[Filter] = [
        ChoiceFilter(code="show", label=lazy("Show"), options=SHOWN, narrow=partial(_by_show, access)),
        ChoiceFilter(code="team", label=lazy("Team"), options=_teams, narrow=by_team),
        ChoiceFilter(code="owner", label=lazy("Owner"), options=OWNERS, narrow=partial(_by_owner, access)),
    ]
    if now is not None:
        asked = moment(now)
        own += [
            ChoiceFilter(code="due", label=lazy("Due"), options=DUE, narrow=partial(_by_due, asked)),
            ChoiceFilter(code="mark", label=lazy("Marks"), options=MARKS, narrow=partial(_by_mark, asked)),
        ]
    return replace(SPEC, filters=(*own, *SPEC.filters))


def queue_statements(now: datetime) -> Statements:
    """The statements of queues written so far: those of this load of the profile and this day of the city."""
    by_day: dict[date, Statements] = policy.kept_for_profile("queue_statements", dict)
    today = policy.today(now)
    if today not in by_day:
        by_day.clear()
        by_day[today] = Statements()
    return by_day[today]
