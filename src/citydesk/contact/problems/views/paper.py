"""A problem on paper, for a meeting or a file."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from citydesk.contact.problems import labels, queries
from citydesk.contact.problems.choices import VIEW
from citydesk.kernel import texts
from citydesk.kernel.clock import utc_now
from citydesk.kernel.documents import render_pdf
from citydesk.kernel.pages import access_of, needs


@needs(VIEW)
@require_GET
def printed(request: HttpRequest, number: str) -> HttpResponse:
    """The problem's report in the reader's language."""
    language = (get_language() or "en").split("-")[0]
    page = queries.get_problem(access_of(request), number, now=utc_now())
    pdf = render_pdf("problems/problem.typ", on_paper(page), language=language)
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{page.row.number}.pdf"'
    return answer


def on_paper(page: queries.ProblemPage) -> dict[str, Any]:
    """What the template prints: words in the reader's language, nothing to compute."""
    row = page.row
    return {
        "title": row.title,
        "number": row.number,
        "facts": [
            [_("Status"), str(labels.STATES[row.state])],
            [_("In common"), f"{labels.BY[row.by]}, {page.place}".rstrip(", ")],
            [_("Code"), page.service],
            [_("Owner"), page.owner],
            [pgettext("when", "Opened"), texts.full_time(row.opened_at)],
            [_("Requests"), str(row.request_count)],
            [_("Result"), str(labels.RESULTS[row.result]) if row.result else ""],
        ],
        "sections": [
            [_("Why it was found"), [one.why for one in page.detections]],
            [_("Analysis"), row.analysis.splitlines()],
            [_("Recommendation"), row.recommendation.splitlines()],
            [_("Result"), row.result_text.splitlines()],
        ],
        "actions": {
            "title": _("Requests to departments"),
            "columns": [{"label": str(one)} for one in (_("Department"), _("What"), _("Due"), _("Answer"))],
            "rows": [
                [
                    one.department,
                    one.text,
                    texts.short_date(one.due_at),
                    f"{labels.ACTIONS[one.state]}. {one.answer}".strip(),
                ]
                for one in page.actions
            ],
        },
        "effect": _effect(page),
        "requests": {
            "title": _("Requests"),
            "columns": [{"label": str(one)} for one in (_("Number"), _("Received"), _("Code"), _("Place"))],
            "rows": [[one.number, texts.short_date(one.received_at), one.service, one.place] for one in page.requests],
        },
    }


def _effect(page: queries.ProblemPage) -> dict[str, Any]:
    title = _("Before and after")
    if page.effect is None:
        return {"title": title, "lines": [_("No remedy is in place yet.")], "columns": [], "rows": []}
    found = page.effect
    lines = [
        _("%(before)s in %(weeks)s weeks before, %(after)s in as many after.")
        % {"before": found.before, "weeks": found.span, "after": found.after},
        str(labels.VERDICTS[found.verdict]),
    ]
    return {
        "title": title,
        "lines": lines,
        "columns": [{"label": _("Week from")}, {"label": _("Events"), "align": "right"}],
        "rows": [[texts.short_date(one.begins), str(one.count)] for one in found.weeks],
    }
