"""The attendance queue: exceptions to confirm or excuse; one's own, to see what counts."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from citydesk.kernel.acts import Act, Refusal, act_on, plain, with_reason
from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import access_of, needs
from citydesk.management.timekeeping import labels, queries, services
from citydesk.management.timekeeping.choices import VIEW, OccurrenceState
from citydesk.management.timekeeping.views.shown import show


@needs(VIEW)
@require_GET
def attendance(request: HttpRequest) -> HttpResponse:
    """Exceptions the reader sees; all, or those of one state."""
    return _page(request)


def _page(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    access, now = access_of(request), utc_now()
    state = request.GET.get("state", "")
    state = state if state in set(OccurrenceState) else ""
    context = {
        "rows": queries.attendance(access, now, state=state),
        "state": state,
        "states": [("", None), *((one.value, words) for one, words in labels.OCCURRENCE_STATES.items())],
        "refused_id": refusal.typed.get("occurrence", "") if refusal else "",
        "me": access.actor.staff_id,
    }
    return show(request, "attendance.jinja", context, now, refusal)


@needs(VIEW)
@require_POST
def attendance_act(request: HttpRequest, occurrence_id: int) -> HttpResponse:
    """Let an exception count, or excuse it."""
    return act_on(
        request,
        _ACTS,
        find=lambda access: occurrence_id,
        refused=lambda refusal: _page(request, refusal),
        done=lambda: redirect("timekeeping:attendance"),
    )


_ACTS: dict[str, Act] = {
    "confirm": plain(services.confirm_occurrence, "occurrence_id"),
    "excuse": with_reason(services.excuse_occurrence, "occurrence_id"),
}
