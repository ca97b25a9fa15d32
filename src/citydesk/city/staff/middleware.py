"""Who is behind a request and what they may do: put on the request once, before any view is chosen."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation

from citydesk.city.staff.choices import LOCKED, OWN_ACCOUNT, SEEN_AT, SIGNED_IN_AT, STRONG
from citydesk.city.staff.queries import access_for, ask_person, must_set_up_mfa
from citydesk.city.staff.rules import remaining
from citydesk.city.staff.services import note_refused, note_seen
from citydesk.kernel.actors import NOBODY, Access
from citydesk.kernel.clock import utc_now

# At a desk residents stand before, the page is locked much earlier; what was typed stays.
COUNTER_IDLE = timedelta(minutes=15)
LOCK_COOKIE = "lock"
BY_ITSELF = "X-By-Itself"  # the header of what a page asks without anybody doing something
PROVIDER = "/accounts/oidc/"  # where a person without a password opens the lock
# How often a session and a person are written as seen: often enough for the idle limit, rarely enough for the database.
SEEN_EVERY = timedelta(minutes=1)
ACCESS_VERSION = "access_version"


def access(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Put the reader's `Access` on the request; end sessions that are over; hold people without a second factor."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.access = NOBODY  # type: ignore[attr-defined]  # put on every request here
        # Without the cookie nobody is signed in, and a public page need not look for a session.
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            answer = _enter(request, utc_now())
            if answer is not None:
                return answer
        ask_person(None)  # whoever was asked for is known by now, or is nobody
        response = get_response(request)
        reader: Access = request.access  # type: ignore[attr-defined]  # put on every request here
        _tell_lock(request, response, reader)
        if reader.actor.is_staff:
            response.headers.setdefault("Cache-Control", "no-store")
            if response.status_code == 403:
                page = request.resolver_match.view_name if request.resolver_match else ""
                note_refused(actor=reader.actor, page=page, now=utc_now())
        return response

    return middleware


def stamp_session(*, request: HttpRequest, user: Any, **_more: Any) -> None:
    """Django tells of every sign-in: the session's two clocks start, and it remembers the rights it was made for."""
    now = utc_now()
    request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = now.timestamp()
    request.session[ACCESS_VERSION] = user.access_version
    request.session[STRONG] = bool(getattr(request, "is_strong_sign_in", False))


def _enter(request: HttpRequest, now: datetime) -> HttpResponse | None:
    """Fill `request.access`; an answer instead of the page where the person must first set up a second factor."""
    user: Any = request.user
    session = request.session
    if not user.is_authenticated:
        if SESSION_KEY in session:  # disabled since, or the session was ended
            session.flush()
        return None
    if remaining(started=session.get(SIGNED_IN_AT), seen=session.get(SEEN_AT), now=now).is_over:
        session.flush()
        request.user = AnonymousUser()
        return None
    is_locked = _is_locked(session, user, now)
    _note_seen(request, user, now)
    translation.activate(user.language)
    request.LANGUAGE_CODE = user.language  # type: ignore[attr-defined]  # Django's own, untyped
    request.access = access_for(user, now)  # type: ignore[attr-defined]  # put on every request here
    if is_locked:
        request.access = Access(user.actor, frozenset({OWN_ACCOUNT}))  # type: ignore[attr-defined]  # put on every request here
        return _to_lock(request)
    if must_set_up_mfa(user) and not session.get(STRONG) and not (settings.CITYDESK_DEMO and user.is_sample):
        # Until then every permission of every role is withheld, so that no page and no API needs to know.
        request.access = Access(user.actor, frozenset({OWN_ACCOUNT}))  # type: ignore[attr-defined]  # put on every request here
        if request.path.startswith("/desk/"):
            return _to_second_factor(request)
    return None


def is_counter(desk: str) -> bool:
    """Whether a person's desk is one that residents stand before, by the settings' first words of such desks."""
    return desk.strip().lower().startswith(settings.CITYDESK_COUNTER_DESKS)


def _is_locked(session: Any, user: Any, now: datetime) -> bool:
    """A session at the counter that was locked, or left alone for a quarter of an hour."""
    if not is_counter(user.desk):
        return False
    if now.timestamp() - session[SEEN_AT] > COUNTER_IDLE.total_seconds():
        session[LOCKED] = True
    return bool(session.get(LOCKED))


def _to_lock(request: HttpRequest) -> HttpResponse | None:
    """The lock instead of the page; scripts are told so by a status of its own."""
    page = reverse("staff:locked")
    if request.path in (page, reverse("staff:lock"), reverse("account_logout")) or request.path.startswith(PROVIDER):
        return None
    if (
        request.method != "GET"
        or request.headers.get("HX-Request")
        or "text/html" not in request.headers.get("Accept", "")
    ):
        return HttpResponse(status=423)
    return HttpResponseRedirect(f"{page}?{urlencode({'next': request.path})}")


def _tell_lock(request: HttpRequest, response: HttpResponse, reader: Access) -> None:
    """A cookie tells the page's script when to lock and by which address; it says nothing of anybody."""
    user: Any = getattr(request, "user", None)
    has_cookie = LOCK_COOKIE in request.COOKIES
    if not (reader.actor.is_staff and is_counter(getattr(user, "desk", ""))):
        if has_cookie:
            response.delete_cookie(LOCK_COOKIE, path="/desk/")
        return
    if not has_cookie:
        value = f"{int(COUNTER_IDLE.total_seconds())}.{reverse('staff:locked')}"
        response.set_cookie(LOCK_COOKIE, value, path="/desk/", secure=settings.SESSION_COOKIE_SECURE, samesite="Lax")


def _note_seen(request: HttpRequest, user: Any, now: datetime) -> None:
    session = request.session
    # What a page asks by itself (news, a beat, how long it may stay) is nobody's work: a desk left alone signs out.
    if BY_ITSELF not in request.headers and now.timestamp() - session[SEEN_AT] > SEEN_EVERY.total_seconds():
        session[SEEN_AT] = now.timestamp()
        note_seen(user_id=user.pk, now=now)
    if session.get(ACCESS_VERSION) != user.access_version:
        session[ACCESS_VERSION] = user.access_version
        session.cycle_key()


def _to_second_factor(request: HttpRequest) -> HttpResponse:
    address = reverse("mfa_index")
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
