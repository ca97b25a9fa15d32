"""Corrections of a request: code, place, answers, words; the reason and the old value are kept."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from citydesk.city.places import queries as places
from citydesk.contact.service_requests import labels, queries, services
from citydesk.contact.service_requests.choices import CORRECT
from citydesk.kernel.acts import REFUSALS, said, version_of
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import StaleVersion
from citydesk.kernel.pages import access_of, needs, render
from citydesk.kernel.versions import two_texts

# A field of the form beside the hidden one that holds what its editor saw.
_SEEN = {"code": "was_code", "place": "was_place", "place_detail": "was_detail", "description": "was_description"}


@needs(CORRECT)
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, number: str) -> HttpResponse:
    """Correct code, place, answers, words; the reason and the old value are kept. Of two editors the second sees both
    texts."""
    access, now = access_of(request), utc_now()
    request_id = queries.id_of(access, number)
    errors: dict[str, list[str]] = {}
    status, stale = 200, None
    if request.method == "POST":
        try:
            services.correct(
                request_id=request_id,
                correction=correction_of(request.POST),
                reason=request.POST.get("reason", ""),
                access=access,
                now=now,
                version=version_of(request.POST),
            )
            return redirect("service_requests:detail", number)
        except StaleVersion as error:
            stale, status = error, error.status
        except REFUSALS as error:
            errors, status = said(error), error.status
    typed = _changed(request.POST)
    context = queries.correction_facts(access, number, typed or None, code=request.GET.get("code", ""), now=now)
    if errors:  # nobody was seen to be first: the next try is still measured by what this editor saw
        context |= {"seen": seen_of(request.POST), "version": version_of(request.POST)}
    two = two_texts(stale, _names(context), in_words=_words(context)) if stale else None
    context.update({"errors": errors, "labels": labels, "typed": typed, "two": two})
    return render(request, "service_requests/correct.jinja", context, fragment="questions", status=status)


def correction_of(given: QueryDict) -> services.Correction:
    """Only what was really changed on the form is a correction."""
    changed = _changed(given)
    answers = {name[2:]: _answer(changed, name) for name in changed if name.startswith("q.")}
    # An answer taken away is not sent at all.
    gone = [name for name in given if name.startswith("was.q.") and name[4:] not in given and any(given.getlist(name))]
    answers |= {name[6:]: [] for name in gone}
    place = changed.get("place", "").strip()
    return services.Correction(
        service_code=changed.get("code"),
        answers=answers or None,
        place=places.resolve(place) if place else None,
        place_detail=changed.get("place_detail"),
        description=changed.get("description"),
        keeps_team=given.get("keeps_team") == "1",
        seen=seen_of(given),
    )


def seen_of(given: QueryDict) -> dict[str, Any] | None:
    """What the editor saw, by the names of `Correction.wanted`; None where the form does not say."""
    seen: dict[str, Any] = {name: given[was] for name, was in _SEEN.items() if was in given}
    seen |= {f"answer:{name[6:]}": _answer(given, name) for name in given if name.startswith("was.q.")}
    return seen or None


def _changed(given: QueryDict) -> QueryDict:
    """The form without the fields that still hold what its editor saw."""
    left = given.copy()
    for name, was in _SEEN.items():
        if name in given and (given.get(name) or "").strip() == (given.get(was) or "").strip():
            del left[name]
    for name in given:
        if name.startswith("q.") and f"was.{name}" in given and given.getlist(name) == given.getlist(f"was.{name}"):
            del left[name]
    return left


def _answer(given: QueryDict, name: str) -> Any:
    values = given.getlist(name)
    return values if len(values) > 1 else values[0]


def _names(context: dict[str, Any]) -> dict[str, str]:
    asked = {f"answer:{one.code}": labels.in_language(one.ask, context["lang"]) for one in context["questions"]}
    places_and_words = {"place": _("Place"), "place_detail": _("Detail of the place"), "description": _("Words")}
    return {"code": _("Code"), **places_and_words, **asked}


def _words(context: dict[str, Any]) -> Any:
    """How a corrected value is read: the name of a code, the words of an answer."""
    codes = dict(context["codes"])
    answers = {f"answer:{one.code}": dict(context["choice_pairs"](one)) for one in context["questions"]}

    def in_words(name: str, value: Any) -> str:
        known = codes if name == "code" else answers.get(name, {})
        return ", ".join(str(known.get(one, one)) for one in (value if isinstance(value, list | tuple) else [value]))

    return in_words
