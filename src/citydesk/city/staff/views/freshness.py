"""Acts that reach far ask who is at the desk now: a sign-in or a confirmation of the last five minutes."""

import time
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person signed in or confirmed it within `ACCOUNT_REAUTHENTICATION_TIMEOUT`."""
    records = get_authentication_records(request, request.user)  # type: ignore[arg-type]  # signed in: the policy says so
    latest = max((one["at"] for one in records), default=0)
    return time.time() - latest < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def is_proved_again(request: HttpRequest) -> bool:
    """Whether the person proved themselves again since they signed in, within the same minutes. Who has nothing to
    prove themselves with but the city's own sign-in has signed in anew instead."""
    if not is_fresh(request):
        return False
    records = get_authentication_records(request, request.user)  # type: ignore[arg-type]  # signed in, see above
    oldest = time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    if any(one.get("reauthenticated") and one["at"] > oldest for one in records):
        return True
    return not get_adapter(request).get_reauthentication_methods(request.user)


def confirm_address(request: HttpRequest, back_to: str) -> str:
    """Where the person confirms with what they have: password, app or passkey; else they sign in again."""
    methods = get_adapter(request).get_reauthentication_methods(request.user)
    address = methods[0]["url"] if methods else reverse("account_logout")
    return f"{address}?{urlencode({'next': back_to})}"


def to_confirm(request: HttpRequest, back_to: str) -> HttpResponse:
    """Send the person to confirm, and back to the page (not to the act: it is done again by hand)."""
    return redirect(confirm_address(request, back_to))
