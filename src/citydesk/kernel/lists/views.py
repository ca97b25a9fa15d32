"""Why a list leaves the house: asked once, then the list's own address hands out the file."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from citydesk.kernel.errors import Invalid, NotFound
from citydesk.kernel.lists.taking import ask_why, is_of_this_house, sealed_reason
from citydesk.kernel.pages import access_of, public


@public("seals the words of whoever is signed in; the list's own page asks for its right")
@require_POST
def take_out(request: HttpRequest) -> HttpResponseBase:
    """Back to the list with the reason."""
    access, address = access_of(request), request.POST.get("address", "")
    if not access.actor.is_staff or not is_of_this_house(address):
        raise NotFound(_("There is no such list."))
    try:
        token = sealed_reason(request.POST.get("reason", ""), address, access)
    except Invalid as error:
        return ask_why(request, None, address=address, error=str(error.message))
    return redirect(f"{address}{'&' if '?' in address else '?'}why={token}")
