"""Step 2 of a report: what is known nearby, the kind's questions one after the other, photos."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from citydesk.contact.service_requests.choices import FILE_PURPOSE, QuestionType
from citydesk.contact.service_requests.rules import questions
from citydesk.contact.service_requests.rules.catalog import Service
from citydesk.contact.service_requests.rules.questions import Question
from citydesk.kernel.actors import RESIDENT
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import CitydeskError
from citydesk.kernel.files import links_to, store_upload
from citydesk.kernel.pages import public
from citydesk.kernel.throttle import client_network, throttle
from citydesk.portal import forms, labels, rules
from citydesk.portal.queries import offered
from citydesk.portal.rules import Draft, Step
from citydesk.portal.views.drafts import keep_draft, load_draft
from citydesk.portal.views.pages import language_of, show
from citydesk.portal.views.report import page_methods, service_or_none, steps_of

_PHOTOS_AN_HOUR = 60


@dataclass(frozen=True)
class Asked:
    """A question as the page draws it."""

    code: str
    kind: str
    ask: str
    hint: str
    options: list[tuple[str, str]]
    value: Any
    error: str
    is_required: bool


@public("anybody may report a problem")
@page_methods
def details(request: HttpRequest) -> HttpResponse:
    """Questions that depend on answers come after those answers: each Continue asks what is still open."""
    draft = load_draft(request)
    service = service_or_none(draft)
    if service is None or not rules.is_reached(Step.DETAILS, draft):
        return redirect("portal:report_kind")
    if request.method != "POST":
        return _page(request, draft, service, [])
    seen = [code for code in request.POST.get("asked", "").split(",")[:100] if service.question(code)]
    given = {**draft.answers, **dict.fromkeys(seen), **forms.read_answers(request.POST, seen)}
    checked = questions.check(service.questions, given)
    draft.answers = checked.answers
    errors = [(f"q_{one.field}", str(one.message)) for one in checked.errors if one.field in seen]
    errors += _take_photos(request, draft)
    new_stops = [_stop_key(one, stop) for one, stop in checked.stops]
    is_told = all(one in draft.told for one in new_stops)
    draft.told = new_stops
    still_open = any(one.field not in seen for one in checked.errors) or _is_new(service, draft, seen)
    is_done = not (errors or still_open or checked.ends) and is_told and "stay" not in request.POST
    draft.is_details_seen = is_done or (draft.is_details_seen and not errors and not checked.ends)
    keep_draft(request, draft)
    if errors:
        return _page(request, draft, service, errors, given=given, status=422)
    return redirect("portal:report_contact" if is_done and "remove" not in request.POST else "portal:report_details")


def _is_new(service: Service, draft: Draft, seen: Sequence[str]) -> bool:
    visible = questions.shown(service.questions, draft.answers)
    return any(one.code not in seen for one in visible if one.type != QuestionType.NOTE)


def _stop_key(one: Question, stop: questions.Stop) -> str:
    return f"{one.code}:{','.join(sorted(stop.when))}"


def _take_photos(request: HttpRequest, draft: Draft) -> forms.Errors:
    """Store what was uploaded, drop what was taken away; what cannot be read is said and the rest kept."""
    removed = request.POST.get("remove", "")
    draft.files = [one for one in draft.files if str(one) != removed]
    uploaded: list[UploadedFile] = [one for one in request.FILES.getlist("photos") if isinstance(one, UploadedFile)]
    errors: forms.Errors = []
    for one in uploaded:
        if len(draft.files) >= rules.MOST_PHOTOS:
            errors.append(("photos", _("At most five photos. The first five are kept.")))
            break
        try:
            now = utc_now()
            throttle(f"portal.photo {client_network(request)}", limit=_PHOTOS_AN_HOUR, per_seconds=3600, now=now)
            stored = store_upload(
                one,
                purpose=FILE_PURPOSE,
                actor=RESIDENT,
                now=now,
                allowed=("image",),
                max_bytes=rules.MOST_PHOTO_BYTES,
            )
        except CitydeskError as error:
            errors.append(("photos", f"{(one.name or '')[:80]}: {error.message}"))
        else:
            draft.files.append(stored.pk)
    return errors


def _page(
    request: HttpRequest,
    draft: Draft,
    service: Service,
    errors: forms.Errors,
    *,
    given: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    language, now = language_of(), utc_now()
    checked = questions.check(service.questions, draft.answers, must_be_complete=False)
    visible = questions.shown(service.questions, draft.answers)
    wrong = dict(errors)
    values = {
        "draft": draft,
        "errors": errors,
        "summary": [(field, _with_question(field, sentence, service, language)) for field, sentence in errors],
        "service": service,
        "name": service.name_in(language),
        "script": (service.script.get("say") or {}).get(language, ""),
        "known": _known(draft, language),
        "asked": [_asked(one, {**draft.answers, **(given or {})}, wrong, language) for one in visible],
        "asked_codes": ",".join(one.code for one in visible),
        "stops": [_stop(one, language) for _question, one in checked.stops],
        "ends": checked.ends,
        "photos": links_to(draft.files),
        "most_photos": rules.MOST_PHOTOS,
        "now": now,
        **steps_of(Step.DETAILS),
    }
    return show(request, "report/details", values, status=status)


def _with_question(field: str, sentence: str, service: Service, language: str) -> str:
    """The line of the summary: which question it is about."""
    one = service.question(field.removeprefix("q_"))
    return f"{one.ask.get(language, '')} {sentence}" if one is not None else sentence


def _known(draft: Draft, language: str) -> list[offered.Near]:
    try:
        return offered.find_known(draft.code, offered.place_of(draft), language, utc_now())
    except CitydeskError:
        return []


def _stop(stop: questions.Stop, language: str) -> dict[str, str]:
    return {"say": stop.say.get(language) or next(iter(stop.say.values()), ""), "phone": stop.phone}


def _asked(one: Question, answers: dict[str, Any], wrong: dict[str, str], language: str) -> Asked:
    value = answers.get(one.code)
    if isinstance(value, list) and one.type != QuestionType.SEVERAL_OF:
        value = value[0] if value else ""
    return Asked(
        code=one.code,
        kind=str(one.type),
        ask=one.ask.get(language) or next(iter(one.ask.values()), one.code),
        hint=one.help.get(language, ""),
        options=[(code, labels.option_name(one, code, language)) for code in one.choices],
        value=value if value is not None else ([] if one.type == QuestionType.SEVERAL_OF else ""),
        error=wrong.get(f"q_{one.code}", ""),
        is_required=one.is_required,
    )
