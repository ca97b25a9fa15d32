"""The two addresses of OpenID Connect sign-in; allauth finds them beside the provider."""

from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path

from citydesk.city.staff.adapters.provider import StrictOpenID
from citydesk.kernel.pages import public


@public("sign-in by the city's identity provider")
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send the browser to the identity provider."""
    return _run(OAuth2LoginView, request, provider_id)


@public("the identity provider sends the browser back here")
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """The browser comes back with a code."""
    return _run(OAuth2CallbackView, request, provider_id)


def _run(view: type, request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        return view.adapter_view(StrictOpenID(request, provider_id))(request)  # type: ignore[attr-defined]
    except SocialApp.DoesNotExist as error:
        raise Http404 from error


urlpatterns = [
    path("oidc/<slug:provider_id>/login/", login, name="openid_connect_login"),
    path("oidc/<slug:provider_id>/login/callback/", callback, name="openid_connect_callback"),
]
