"""A person's own account: language, keys, password, second factor, sessions."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from citydesk.city.staff.choices import OWN_ACCOUNT
from citydesk.city.staff.forms import KeysForm, LanguageForm
from citydesk.city.staff.queries import Account, factors_of, get_account
from citydesk.city.staff.services import end_sessions, set_keys, set_language
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import Invalid
from citydesk.kernel.pages import access_of, needs, render


@needs(OWN_ACCOUNT)
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """My account."""
    return _page(request, KeysForm(initial=_own(request).key_values()))


@needs(OWN_ACCOUNT)
@require_POST
def account_language(request: HttpRequest) -> HttpResponse:
    """Take another language for one's own screens."""
    form = LanguageForm(request.POST)
    if form.is_valid():
        language = form.cleaned_data["language"]
        set_language(user_id=_own(request).id, language=language, now=utc_now())
        translation.activate(language)
    return redirect("staff:account")


@needs(OWN_ACCOUNT)
@require_POST
def account_keys(request: HttpRequest) -> HttpResponse:
    """Keep one's own keys, or switch them off."""
    form = KeysForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=400)
    try:
        set_keys(
            user_id=_own(request).id,
            has_keys=form.cleaned_data["has_keys"],
            key_map=form.key_map(),
            now=utc_now(),
        )
    except Invalid as error:
        form.add_error(None, str(error.message))
        return _page(request, form, status=400)
    return redirect("staff:account")


@needs(OWN_ACCOUNT)
@require_POST
def account_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere, here too."""
    end_sessions(user_id=_own(request).id, access=access_of(request), now=utc_now())
    return redirect("account_login")


def _own(request: HttpRequest) -> Account:
    return get_account(access_of(request).actor.staff_id or 0)


def _page(request: HttpRequest, form: KeysForm, *, status: int = 200) -> HttpResponse:
    mine = _own(request)
    values = {
        "mine": mine,
        "factors": factors_of(mine.id),
        "languages": settings.LANGUAGES,
        "form": form,
        "key_rows": form.rows(),
        "has_provider": bool(settings.OIDC_URL),
        "title": _("My account"),
    }
    return render(request, "staff/account.jinja", values, status=status)
