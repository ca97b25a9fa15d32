"""Views: who may open them (`needs`, `public`), how they render (`render`), how a refused form comes back.

Every view carries a policy. `needs("service_requests.view")` names one permission; `public("why")` says
why none is needed. `long=True` says that its statements may take as long as a report's (`kernel.limits`).
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import get_token
from django.template.loader import get_template
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils.functional import SimpleLazyObject
from jinja2_fragments import render_block
from markupsafe import Markup

from citydesk.kernel.actors import NOBODY, Access
from citydesk.kernel.drawing import one_page
from citydesk.kernel.errors import CitydeskError, NotAllowed, NotFound, marked
from citydesk.kernel.shell import shell_context

View = Callable[..., HttpResponseBase]

# Third-party views that need no permission of ours, by dotted module prefix: sign-in itself.
PUBLIC_MODULES = ("allauth.", "django.views.i18n", "django.views.static", "django.contrib.staticfiles")


def needs(permission: str, *, long: bool = False) -> Callable[[View], View]:
    """Declare the permission a view asks for. Without it: signed out -> sign-in, signed in -> 403."""

    def mark(view: View) -> View:
        view.is_long = long  # type: ignore[attr-defined]  # read where the view is let run
        view.policy = ("needs", permission)  # type: ignore[attr-defined]  # read by the guard of policies
        return view

    return mark


def public(reason: str) -> Callable[[View], View]:
    """Declare that anybody may open the view, and why."""

    def mark(view: View) -> View:
        view.policy = ("public", reason)  # type: ignore[attr-defined]  # read by the guard of policies
        return view

    return mark


def policy_of(view: Any) -> tuple[str, str] | None:
    """The policy a view declares: ("needs", permission), ("public", reason) or None."""
    declared = getattr(view, "policy", None)
    if declared:
        return declared
    module = getattr(getattr(view, "view_class", view), "__module__", "")
    if module.startswith(PUBLIC_MODULES):
        return ("public", "sign-in and language pages of libraries")
    return None


def access_of(request: HttpRequest) -> Access:
    """The reader's access, as the staff room's middleware put it on the request."""
    return getattr(request, "access", NOBODY)


def enforce_policy(request: HttpRequest, view: Any) -> HttpResponse | None:
    """None lets the view run; an answer or exception stops it."""
    policy = policy_of(view)
    if policy is None:
        raise NotFound(marked("This address declares no policy."))
    kind, permission = policy
    if kind == "public":
        return None
    access = access_of(request)
    if not access.actor.is_staff:
        return redirect_to_login(request.get_full_path())
    if not access.may(permission):
        raise PermissionDenied(permission)
    return None


def render(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    fragment: str = "",
    status: int = 200,
) -> HttpResponse:
    """A page, or one block of it when HTMX asked and `fragment` names the block."""
    values = {
        "strip": None,
        **shell_context(request),
        **(context or {}),
        "request": request,
        "access": access_of(request),
    }
    is_htmx = getattr(request, "htmx", False) and not request.headers.get("HX-History-Restore-Request")
    found: Any = get_template(template)
    with one_page():
        if fragment and is_htmx:
            html = render_block(found.backend.env, template, fragment, **request_context(values, request))
        else:
            html = found.template.render(request_context(values, request))
    return HttpResponse(html, status=status)


def request_context(values: dict[str, Any], request: HttpRequest) -> dict[str, Any]:
    """What Django's Jinja2 backend adds to a template's context, made once a page and only if a form asks for it."""
    # The shell's own where there is one: each asking makes another mask, and a page needs but one.
    shell = values.get("shell")
    token = SimpleLazyObject(lambda: get_token(request) if shell is None else shell.csrf)
    return {**values, "csrf_input": SimpleLazyObject(lambda: _token_field(token)), "csrf_token": token}


def _token_field(token: Any) -> Markup:
    return Markup('<input type="hidden" name="csrfmiddlewaretoken" value="%s">') % str(token)


def url_ends(name: str) -> tuple[str, str]:
    """What stands before and after the one argument in the address of a view, for the links of a long list.

    The argument must be one that an address writes as it is: a number, an id.
    """
    return _url_ends(name, get_urlconf(), get_script_prefix())


@lru_cache(maxsize=256)
def _url_ends(name: str, _urlconf: Any, _prefix: str) -> tuple[str, str]:
    before, _argument, after = reverse(name, args=["0000"]).rpartition("0000")
    return before, after


def raise_as_http(error: CitydeskError) -> None:
    """Turn a service's error that no form can show into Django's 403 or 404."""
    if isinstance(error, NotFound):
        raise Http404(str(error.message)) from error
    if isinstance(error, NotAllowed):
        raise PermissionDenied(str(error.message)) from error
    raise error
