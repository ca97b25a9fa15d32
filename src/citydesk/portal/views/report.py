"""Step 1 of a report: where and what, then the kind that fits. Whole without scripts."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from citydesk.city.places.rules import ResolvedPlace
from citydesk.city.profile import queries as profile
from citydesk.contact.service_requests.choices import LocationNeed
from citydesk.contact.service_requests.rules.catalog import Service
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import CitydeskError, NotFound
from citydesk.kernel.middleware import PERMISSIONS_WITH_PLACE
from citydesk.kernel.pages import public
from citydesk.portal import forms, rules
from citydesk.portal.queries import offered
from citydesk.portal.rules import SHOWN_AS, Draft, Step
from citydesk.portal.views.drafts import keep_draft, load_draft, opened_at, opened_mark
from citydesk.portal.views.pages import language_of, show

_REASON = "anybody may report a problem"
page_methods = require_http_methods(["GET", "HEAD", "POST"])


@public(_REASON)
@page_methods
def where(request: HttpRequest) -> HttpResponse:
    """The place and what is wrong."""
    draft = load_draft(request)
    if request.method != "POST":
        errors = [("place", _needs_place())] if request.GET.get("need") == "place" else []
        return _where_page(request, draft, errors, None)
    errors = forms.read_where(request.POST, draft)
    draft.opened_at = draft.opened_at or opened_at(request.POST.get("opened", ""))
    place = None
    try:
        place = offered.place_of(draft)
    except CitydeskError as error:
        errors.insert(0, ("place", str(error.message)))
    if place is not None and not draft.place:
        draft.place = place.label
    keep_draft(request, draft)
    if place is not None and place.did_you_mean and not place.has_point and not draft.is_place_kept and not errors:
        errors.append(("place", _("We do not know this place. Choose one below, or keep what you wrote.")))
    if errors:
        return _where_page(request, draft, errors, place, status=422)
    # Whoever came by a kind named on the first page has chosen it; the place may still lack.
    return _take_kind(request, draft, request.POST.get("about", "")) or redirect("portal:report_kind")


def _where_page(
    request: HttpRequest, draft: Draft, errors: forms.Errors, place: ResolvedPlace | None, *, status: int = 200
) -> HttpResponse:
    values = {
        "draft": draft,
        "errors": errors,
        "meant": _meant(place) if place is not None and not place.has_point else [],
        "opened": opened_mark(utc_now()),
        "longest": rules.LONGEST_WORDS,
        "center": profile.city().map_center,
        "about": _about(request),
        **steps_of(Step.WHERE),
    }
    answer = show(request, "report/where", values, status=status)
    answer["Permissions-Policy"] = PERMISSIONS_WITH_PLACE
    return answer


def _about(request: HttpRequest) -> tuple[str, str] | None:
    """Code and name of the kind that was chosen on the first page; None when none was, or it is not offered."""
    given = request.POST if request.method == "POST" else request.GET
    try:
        service = offered.offered_service(given.get("about", "")[:80], utc_now())
    except NotFound:
        return None
    return service.code, service.name_in(language_of())


@public(_REASON)
@page_methods
def kind(request: HttpRequest) -> HttpResponse:
    """What kind of problem it is, found by the words."""
    draft = load_draft(request)
    if not rules.is_reached(Step.KIND, draft):
        return redirect("portal:report")
    now = utc_now()
    errors: forms.Errors = []
    searched = rules.line(request.POST.get("find", ""), 100)
    if request.method == "POST" and "search" not in request.POST:
        answer = _take_kind(request, draft, request.POST.get("code", ""))
        if answer is not None:
            return answer
        errors.append(("code", _("Choose what fits best.")))
    language = language_of()
    values = {
        "draft": draft,
        "errors": errors,
        "searched": searched,
        "suggested": offered.suggest_offers(searched or draft.words, language, now),
        "groups": offered.list_offers(language, now),
        "place": _place_or_none(draft),
        **steps_of(Step.KIND),
    }
    return show(request, "report/kind", values, status=422 if errors else 200)


def _take_kind(request: HttpRequest, draft: Draft, code: str) -> HttpResponseRedirect | None:
    """Take the kind that was chosen; None when none was."""
    try:
        service = offered.offered_service(code[:80], utc_now())
    except NotFound:
        return None
    if service.code != draft.code:
        draft.code, draft.answers, draft.told, draft.is_details_seen = service.code, {}, [], False
    keep_draft(request, draft)
    if service.location == LocationNeed.REQUIRED and _place_or_none(draft) is None:
        return redirect(f"{reverse('portal:report')}?{urlencode({'need': 'place', 'about': service.code})}")
    return redirect("portal:report_details")


def _meant(place: ResolvedPlace) -> list[tuple[str, str]]:
    return [(one.choice, f"{one.label}, {one.detail}" if one.detail else one.label) for one in place.did_you_mean[:5]]


def steps_of(step: Step) -> dict[str, Any]:
    """Where the page stands among the steps."""
    return {"step": SHOWN_AS[step], "step_count": max(SHOWN_AS.values())}


def service_or_none(draft: Draft) -> Service | None:
    """The draft's kind, if it is still offered."""
    try:
        return offered.offered_service(draft.code, utc_now())
    except NotFound:
        return None


def _place_or_none(draft: Draft) -> ResolvedPlace | None:
    try:
        return offered.place_of(draft)
    except CitydeskError:
        return None


def _needs_place() -> str:
    return _("For this kind we need the place. An address, a corner or a description is enough.")
