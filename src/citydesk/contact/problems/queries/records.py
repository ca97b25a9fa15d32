"""Problems as records: which answer a public-records request, and what leaves the house of one with its research."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from citydesk.contact.problems import labels
from citydesk.contact.problems.choices import By
from citydesk.contact.problems.models import Action, Problem, Research
from citydesk.contact.service_requests.queries import recurring
from citydesk.kernel import texts
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound
from citydesk.kernel.exports import Field, Found, Record, Wanted
from citydesk.kernel.numbering import parse_number


def find_records(access: Access, wanted: Wanted) -> list[Found]:
    """Problems in sight with the words in number, title, place, analysis, result, actions or research, newest first."""
    rows = Problem.objects.visible_to(access)
    if wanted.since:
        rows = rows.filter(opened_at__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(opened_at__lt=wanted.until)
    if wanted.text:
        number = parse_number(wanted.text)
        rows = rows.filter(Q(number=number) if number else _with_words(access, wanted.text))
    found = rows.order_by("-opened_at", "-pk")[: wanted.limit]
    return [
        Found(pk, number, at, ", ".join(filter(None, (title, place))), is_confidential=by == By.CUSTOMER)
        for pk, number, at, title, place, by in found.values_list(
            "pk", "number", "opened_at", "title", "place_label", "by"
        )
    ]


def _with_words(access: Access, text: str) -> Q:
    said = Q(title__icontains=text) | Q(place_label__icontains=text) | Q(analysis__icontains=text)
    said |= Q(recommendation__icontains=text) | Q(result_text__icontains=text)
    asked = Action.objects.filter(problem=OuterRef("pk")).filter(Q(text__icontains=text) | Q(answer__icontains=text))
    studied = Research.objects.visible_to(access).filter(problem=OuterRef("pk"))
    answers = studied.filter(Q(question__icontains=text) | Q(finding__icontains=text) | Q(sources__icontains=text))
    return said | Exists(asked) | Exists(answers)


def records_of_people(access: Access, customer_ids: Collection[int]) -> list[int]:
    """None: what colleagues made of somebody's requests is about the matter. The requests themselves are theirs."""
    return []


def read_record(access: Access, object_id: int) -> Record:
    """A problem in plain fields. Requests behind it that the reader does not see are a number. Raises `NotFound`."""
    row = Problem.objects.visible_to(access).select_related("department").filter(pk=object_id).first()
    if row is None:
        raise NotFound(_("There is no such problem."))
    ids = list(row.requests.values_list("request_id", flat=True))
    numbers = [one.number for one in recurring.rows_in_sight(access, ids, limit=200)]
    result = f"{labels.RESULTS[row.result]}\n{row.result_text}" if row.result else ""
    fields = [
        Field("title", _("Title"), row.title, "internal"),
        Field("state", _("State"), str(labels.STATES[row.state]), "internal"),
        Field("opened", pgettext("when", "Opened"), f"{texts.full_time(row.opened_at)}, {row.opened_by}", "internal"),
        Field(
            "closed", pgettext("when", "Closed"), texts.full_time(row.closed_at) if row.closed_at else "", "internal"
        ),
        Field("department", _("Department"), row.department.name if row.department else "", "internal"),
        Field("place", _("Place"), row.place_label, "personal"),
        Field("requests", _("Requests"), ", ".join(numbers), "internal"),
        Field("analysis", _("Analysis"), row.analysis, "confidential"),
        Field("recommendation", _("Recommendation"), row.recommendation, "confidential"),
        *_actions(row),
        *_research(access, row),
        Field("result", _("Result"), result, "confidential"),
    ]
    return Record(row.pk, row.number, row.title, row.opened_at, tuple(one for one in fields if one.text))


def _actions(row: Problem) -> list[Field]:
    return [
        Field(
            f"action.{one.pk}",
            f"{one.department.name}, {texts.full_time(one.asked_at)}",
            "\n".join(filter(None, (one.text, one.answer))),
            "confidential",
        )
        for one in row.actions.select_related("department").order_by("pk")
    ]


def _research(access: Access, row: Problem) -> list[Field]:
    found = Research.objects.visible_to(access).filter(problem=row).order_by("pk")
    return [
        Field(
            f"research.{one.pk}",
            f"{_('Research')} {texts.full_time(one.asked_at)}",
            "\n".join(filter(None, (one.question, one.sources, one.finding))),
            "confidential",
        )
        for one in found
    ]
