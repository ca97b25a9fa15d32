"""How the room's lists filter, sort and export."""

from dataclasses import replace
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext_lazy as _

from citydesk.contact.problems import labels
from citydesk.contact.problems.choices import DetectionState, ProblemState, ResearchState
from citydesk.contact.problems.queries.detections import LINE as DETECTION_LINE
from citydesk.contact.problems.queries.detections import lines_of
from citydesk.contact.problems.queries.problems import LINE as PROBLEM_LINE
from citydesk.contact.problems.queries.problems import RESEARCH_LINE, departments
from citydesk.contact.service_requests.queries import recurring
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
    TextFilter,
)


def _options(words: Any) -> Any:
    return lambda access: [Option(str(code), text) for code, text in words.items()]


def _codes(access: Access) -> list[Option]:
    names = recurring.service_names((get_language() or "en").split("-")[0])
    return [Option(str(pk), name) for pk, name in sorted(names.items(), key=lambda pair: pair[1].lower())]


def _departments(access: Access) -> list[Option]:
    return [Option(code, name) for code, name in departments()]


def _of_service(row: Any) -> str:
    return recurring.service_names((get_language() or "en").split("-")[0]).get(row["service_id"], "")


def _open_problems(rows: Any, value: str) -> Any:
    return rows.exclude(state=ProblemState.CLOSED) if value == "open" else rows.filter(state=ProblemState.CLOSED)


PROBLEMS = ListSpec(
    code="problems.problems",
    columns=(
        Column(code="number", label=_("Number")),
        Column(code="state", label=_("Status"), value=lambda row: str(labels.STATES[row["state"]])),
        Column(code="title", label=_("Problem")),
        Column(code="code", label=_("Code"), value=_of_service),
        Column(code="place", label=_("Place"), value="place_label"),
        Column(code="requests", label=_("Requests"), value="request_count", kind="number"),
        Column(code="owner", label=_("Owner"), value="owner__name"),
        Column(code="opened", label=pgettext("when", "Opened"), value="opened_at", kind="moment"),
        Column(code="updated", label=_("Changed"), value="updated_at", kind="moment", sort="updated"),
        Column(code="result", label=_("Result"), value=lambda row: str(labels.RESULTS.get(row["result"], ""))),
    ),
    sorts=(
        Sort("updated", _("Last changed first"), (Key("updated_at", is_descending=True, nulls_last=False),)),
        Sort("requests", _("Most requests first"), (Key("request_count", is_descending=True, nulls_last=False),)),
    ),
    default_sort="updated",
    filters=(
        TextFilter(code="q", label=_("Words"), narrow=lambda rows, value: rows.filter(title__icontains=value)),
        ChoiceFilter(
            code="show",
            label=_("Show"),
            options=(Option("open", _("Open")), Option("closed", _("Closed"))),
            narrow=_open_problems,
        ),
        MultiFilter(code="state", label=_("Status"), field="state", options=_options(labels.STATES)),
        MultiFilter(code="code", label=_("Code"), field="service_id", options=_codes),
        MultiFilter(code="department", label=_("Department"), field="department_id", options=_departments),
        DateRangeFilter(code="opened", label=pgettext("when", "Opened"), field="opened_at"),
    ),
    fields=PROBLEM_LINE,
)

DETECTIONS = ListSpec(
    code="problems.detections",
    columns=(
        Column(code="state", label=_("Status"), value=lambda row: str(labels.DETECTIONS[row.state])),
        Column(code="what", label=_("What"), value="title"),
        Column(code="place", label=_("In common"), value="place"),
        Column(code="events", label=_("Events"), value="events", kind="number"),
        Column(code="last", label=_("Last"), value="last_at", kind="moment", sort="last"),
        Column(code="why", label=_("Why"), value="why"),
        Column(code="problem", label=_("Problem"), value="problem"),
    ),
    sorts=(
        Sort("events", _("Most often first"), (Key("event_count", is_descending=True, nulls_last=False),)),
        Sort("last", _("Latest first"), (Key("last_at", is_descending=True, nulls_last=False),)),
    ),
    default_sort="events",
    filters=(
        ChoiceFilter(code="state", label=_("Status"), field="state", options=_options(labels.DETECTIONS)),
        MultiFilter(
            code="by",
            label=_("In common"),
            field="by",
            options=lambda access: [Option(code, text) for code, text in labels.BY.items() if code != "hand"],
        ),
        MultiFilter(code="code", label=_("Code"), field="service_id", options=_codes),
        DateRangeFilter(code="last", label=_("Last"), field="last_at"),
    ),
    fields=DETECTION_LINE,
    prepare=lambda rows, access: lines_of(rows),
)

RESEARCH = ListSpec(
    code="problems.research",
    columns=(
        Column(code="state", label=_("Status"), value=lambda row: str(labels.RESEARCH[row["state"]])),
        Column(code="due", label=_("Due"), value="due_at", kind="moment", sort="due"),
        Column(code="question", label=_("Question")),
        Column(code="who", label=_("Who finds out"), value="assignee__name"),
        Column(code="about", label=_("About"), value=lambda row: row["request_number"] or row["problem__number"]),
        Column(code="asked_by", label=_("Asked by")),
    ),
    sorts=(Sort("due", _("Latest due first"), (Key("due_at", is_descending=True, nulls_last=False),)),),
    default_sort="due",
    filters=(
        ChoiceFilter(code="state", label=_("Status"), field="state", options=_options(labels.RESEARCH)),
        DateRangeFilter(code="due", label=_("Due"), field="due_at"),
    ),
    fields=RESEARCH_LINE,
)


def research_spec(access: Access) -> ListSpec:
    """The list of research as one reader filters it: "mine" is theirs."""
    me = access.actor.staff_id
    mine = ChoiceFilter(
        code="whose",
        label=_("Whose"),
        options=(Option("mine", _("I find out")), Option("asked", _("I asked"))),
        narrow=lambda rows, value: rows.filter(assignee_id=me) if value == "mine" else rows.filter(asked_by_user_id=me),
    )
    return replace(RESEARCH, filters=(mine, *RESEARCH.filters))


FIRST_SHOWN = {
    PROBLEMS.code: ("show", "open"),
    DETECTIONS.code: ("state", DetectionState.NEW.value),
    RESEARCH.code: ("state", ResearchState.OPEN.value),
}
