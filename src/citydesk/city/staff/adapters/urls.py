"""The two addresses of OpenID Connect sign-in; allauth finds them beside the provider."""

from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from requests import RequestException

from citydesk.city.staff.adapters.provider import StrictOpenID
from citydesk.city.staff.services import end_sessions_of_identity
from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import public


@public("sign-in by the city's identity provider")
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send the browser to the identity provider."""
    return _run(OAuth2LoginView, request, provider_id)


@public("the identity provider sends the browser back here")
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """The browser comes back with a code."""
    return _run(OAuth2CallbackView, request, provider_id)


@public("the identity provider ends the sessions of somebody who left; its signature is asked")
@csrf_exempt
@require_POST
def ended(request: HttpRequest, provider_id: str) -> HttpResponse:
    """A logout token of the provider: the sessions of its subject end. 400 for every other token."""
    door = StrictOpenID(request, provider_id)
    try:
        client_id = door.get_provider().app.client_id
        issuer, subject = door.ended_subject(request.POST.get("logout_token", ""), client_id)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    except (OAuth2Error, ValidationError, RequestException):
        return HttpResponse(status=400, headers={"Cache-Control": "no-store"})
    end_sessions_of_identity(provider=provider_id, issuer=issuer, subject=subject, now=utc_now())
    return HttpResponse(status=200, headers={"Cache-Control": "no-store"})


def _run(view: type, request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        return view.adapter_view(StrictOpenID(request, provider_id))(request)  # type: ignore[attr-defined]  # allauth has no types
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    except RequestException:
        words = _("The city's sign-in does not answer. Try again in a minute, or sign in with your password.")
        messages.error(request, words)
        return redirect("account_login")


urlpatterns = [
    path("oidc/<slug:provider_id>/login/", login, name="openid_connect_login"),
    path("oidc/<slug:provider_id>/login/callback/", callback, name="openid_connect_callback"),
    path("oidc/<slug:provider_id>/logout/", ended, name="openid_connect_logout"),
]
