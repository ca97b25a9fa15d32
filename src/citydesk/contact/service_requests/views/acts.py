"""One door for what is done to a request; each act parses, calls one service, and shows the page again."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from citydesk.contact.service_requests import choices, labels, queries, services
from citydesk.contact.service_requests.choices import REVIEW_PUBLIC, VIEW
from citydesk.contact.service_requests.forms import (
    AskForm,
    CloseForm,
    FollowerForm,
    HoldForm,
    PlaceForm,
    ReferForm,
    WorkOrderForm,
)
from citydesk.contact.service_requests.views.detail import show
from citydesk.contact.service_requests.views.queue import choices_of_forms
from citydesk.kernel.actors import Access
from citydesk.kernel.acts import Act, Refusal, act_on, plain, read, shown_again, version_of, with_reason
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import Invalid, NotFound, StaleVersion
from citydesk.kernel.files import store_upload
from citydesk.kernel.files.inspection import DOCUMENTS
from citydesk.kernel.pages import access_of, needs, render


@needs(VIEW)
@require_POST
def act(request: HttpRequest, number: str) -> HttpResponse:
    """Do one thing. What is refused comes back with what was typed and the sentence beside the field."""
    return act_on(
        request,
        ACTS,
        find=lambda access: queries.id_of(access, number),
        refused=lambda refusal: _refused(request, number, refusal),
        done=lambda: _done(request, number),
    )


def _done(request: HttpRequest, number: str) -> HttpResponse:
    try:
        if not getattr(request, "htmx", False):
            queries.id_of(access_of(request), number)
            return redirect("service_requests:detail", number)
        response = show(request, number, fragment="request_main")
    except NotFound:  # what was done took it out of one's sight: a return, another department's team
        return render(request, "service_requests/gone_on.jinja", {"number": number}, fragment="request_main")
    response["HX-Trigger-After-Settle"] = '{"take-focus": {"target": "#timeline-first"}}'
    return response


def _refused(request: HttpRequest, number: str, refusal: Refusal) -> HttpResponse:
    more: dict[str, Any] = {**shown_again(refusal), "opened_move": refusal.act}
    if isinstance(refusal.error, StaleVersion) and refusal.act == "public_text":
        more["stale_text"] = refusal.typed.get("text", "")
    return show(request, number, fragment="request_main", status=refusal.status, more=more)


def _assign(request: HttpRequest, request_id: int, access: Access, now: datetime) -> Any:
    typed = read(PlaceForm, request.POST)
    return services.assign(
        request_id=request_id,
        team_id=typed["team"],
        owner_id=typed["owner"],
        reason=typed["reason"],
        access=access,
        now=now,
        version=version_of(request.POST),
    )


def _hold(request: HttpRequest, request_id: int, access: Access, now: datetime) -> Any:
    typed = read(HoldForm, request.POST)
    return services.hold(
        request_id=request_id,
        reason=typed["hold_reason"],
        review_at=typed["review_at"],
        note=typed["note"],
        is_beyond_limit=typed["is_beyond_limit"],
        access=access,
        now=now,
        version=version_of(request.POST),
    )


def _ask(request: HttpRequest, request_id: int, access: Access, now: datetime) -> Any:
    typed = read(AskForm, request.POST)
    return services.wait_for_resident(
        request_id=request_id, **typed, access=access, now=now, version=version_of(request.POST)
    )


def _resume(request: HttpRequest, request_id: int, access: Access, now: datetime) -> Any:
    return services.resume(
        request_id=request_id,
        note=request.POST.get("note", ""),
        access=access,
        now=now,
        version=version_of(request.POST),
    )


def _back(request: HttpRequest, request_id: int, access: Access, now: datetime) -> Any:
    return services.referral_back(
        request_id=request_id,
        answer=request.POST.get("answer", ""),
        is_accepted=request.POST.get("outcome") == "accepted",
        access=access,
        now=now,
        version=version_of(request.POST),
    )


def _refer(request: HttpRequest, request_id: int, access: Access, now: datetime) -> Any:
    typed = read(ReferForm, request.POST)
    return services.refer(request_id=request_id, **typed, access=access, now=now, version=version_of(request.POST))


def _close(request: HttpRequest, request_id: int, access: Access, now: datetime) -> Any:
    given = request.POST.copy()
    if given.get("act") == "close_done":
        given["reason"] = choices.CloseReason.DONE.value
    typed = read(CloseForm, given)
    if typed["reason"] == choices.CloseReason.DUPLICATE:
        return _merge(request, request_id, access, now)
    return services.close(
        request_id=request_id,
        reason=typed["reason"],
        text=typed["text"],
        note=typed["note"],
        parts_reason=typed["parts_reason"],
        access=access,
        now=now,
        version=version_of(request.POST),
    )


def _link_part(request: HttpRequest, request_id: int, access: Access, now: datetime) -> Any:
    """Put two requests together: `is_main` says which of them is the larger one."""
    number = request.POST.get("part", "").strip()
    if not number:
        raise Invalid(_("Write the number of the other request."), field="part")
    other = queries.id_of(access, number)
    main, part = (request_id, other) if request.POST.get("is_main") == "1" else (other, request_id)
    return services.link_part(request_id=main, part_id=part, access=access, now=now)


def _unlink_part(request: HttpRequest, request_id: int, access: Access, now: datetime) -> Any:
    number = request.POST.get("part", "").strip()
    part = queries.id_of(access, number) if number else request_id
    return services.unlink_part(part_id=part, reason=request.POST.get("reason", ""), access=access, now=now)


def _merge(request: HttpRequest, request_id: int, access: Access, now: datetime) -> Any:
    number = request.POST.get("parent", "").strip()
    if not number:
        raise Invalid(_("Write the number of the other request."), field="parent")
    return services.merge_duplicate(
        request_id=request_id,
        parent_id=queries.id_of(access, number),
        note=request.POST.get("note", ""),
        access=access,
        now=now,
        version=version_of(request.POST),
    )


def _note(request: HttpRequest, request_id: int, access: Access, now: datetime) -> Any:
    return services.add_note(
        request_id=request_id,
        text=request.POST.get("text", ""),
        kind="public" if request.POST.get("to") == "public" else "internal",
        access=access,
        now=now,
    )


def _public_text(request: HttpRequest, request_id: int, access: Access, now: datetime) -> Any:
    return services.set_public_text(
        request_id=request_id,
        text=request.POST.get("text", ""),
        is_published=request.POST.get("publish") == "1",
        access=access,
        now=now,
        version=version_of(request.POST),
    )


def _work_order(request: HttpRequest, request_id: int, access: Access, now: datetime) -> Any:
    typed = read(WorkOrderForm, request.POST)
    return services.make_work_order(
        request_id=request_id,
        crew_id=typed["crew"],
        scheduled_date=typed["scheduled_date"],
        instructions=typed["instructions"],
        access=access,
        now=now,
    )


def _follow(request: HttpRequest, request_id: int, access: Access, now: datetime) -> Any:
    typed = read(FollowerForm, request.POST)
    access.require(choices.EDIT)
    person = services.Person(typed["name"], typed["channel"], typed["to"], typed["language"])
    return services.follow(request_id=request_id, person=person, access=access, now=now)


def _unfollow(request: HttpRequest, request_id: int, access: Access, now: datetime) -> Any:
    follower = request.POST.get("follower", "")
    if not follower.isdecimal():
        raise Invalid(_("There is no such follower."))
    return services.unfollow(follower_id=int(follower), reason=request.POST.get("reason", ""), access=access, now=now)


def _file(request: HttpRequest, request_id: int, access: Access, now: datetime) -> Any:
    access.require(choices.EDIT)
    uploads = request.FILES.getlist("file")
    if not uploads:
        raise Invalid(_("Choose a file."), field="file")
    for one in uploads:
        stored = store_upload(one, purpose=choices.FILE_PURPOSE, actor=access.actor, now=now, allowed=DOCUMENTS)
        services.add_file(
            request_id=request_id,
            file_id=stored.pk,
            caption=request.POST.get("caption", ""),
            is_photo=stored.kind == "image",
            access=access,
            now=now,
        )
    return None


def _release(request: HttpRequest, request_id: int, access: Access, now: datetime) -> Any:
    return services.release_held(request_id=request_id, access=access, now=now)


def _refuse(request: HttpRequest, request_id: int, access: Access, now: datetime) -> Any:
    return services.refuse_held(request_id=request_id, reason=request.POST.get("reason", ""), access=access, now=now)


ACTS: dict[str, Act] = {
    "accept": plain(services.accept, "request_id"),
    "start": plain(services.start, "request_id"),
    "made_safe": plain(services.made_safe, "request_id"),
    "take": plain(services.take_it, "request_id"),
    "assign": _assign,
    "hold": _hold,
    "ask": _ask,
    "resume": _resume,
    "answered": _resume,
    "back": _back,
    "refer": _refer,
    "close_done": _close,
    "close_other": _close,
    "merge": _merge,
    "part": _link_part,
    "unpart": _unlink_part,
    "return": with_reason(services.return_request, "request_id"),
    "reopen": with_reason(services.reopen, "request_id"),
    "note": _note,
    "public_text": _public_text,
    "work_order": _work_order,
    "follow": _follow,
    "unfollow": _unfollow,
    "file": _file,
    "release": _release,
    "refuse": _refuse,
}
PANELS = frozenset(
    {"assign", "hold", "ask", "back", "refer", "close_done", "close_other", "return", "reopen", "work_order", "follow"}
)


@needs(VIEW)
@require_GET
def move_panel(request: HttpRequest, number: str, move: str) -> HttpResponse:
    """The inline panel of a move: what must be said for it."""
    if move not in PANELS:
        raise Invalid(_("There is no such act."))
    access, now = access_of(request), utc_now()
    context = {
        **queries.panel_facts(access, number, now=now),
        "move": move,
        "labels": labels,
        "typed": {},
        "errors": {},
        "notify": [(code, str(labels.NOTIFY[code])) for code in choices.NOTIFY_CHANNELS if code != "none"],
        **choices_of_forms(now),
    }
    return render(request, "service_requests/_move.jinja", context)


@needs(REVIEW_PUBLIC)
@require_POST
def review_file(request: HttpRequest, link_id: int) -> HttpResponse:
    """Let the public see a photo, or not."""
    services.review_file(
        link_id=link_id, is_public=request.POST.get("is_public") == "1", access=access_of(request), now=utc_now()
    )
    return redirect(
        request.POST.get("back", "") if _is_own(request.POST.get("back", "")) else reverse("service_requests:queue")
    )


def _is_own(address: str) -> bool:
    """Whether an address stays in this room: nothing else is redirected to."""
    return address.startswith(reverse("service_requests:queue")) and "//" not in address
