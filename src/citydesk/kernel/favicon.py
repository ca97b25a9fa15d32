"""The address browsers ask for by themselves."""

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from citydesk.kernel.pages import public


@public("the mark of the site, for every page's tab")
@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    return HttpResponsePermanentRedirect(static("kernel/mark.svg"))
