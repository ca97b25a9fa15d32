"""Notices of escalations on opening pages."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from citydesk.contact.service_requests import services
from citydesk.contact.service_requests.choices import VIEW
from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import access_of, needs


@needs(VIEW)
@require_POST
def see_notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """The reader has seen what they were told; back to the opening page."""
    services.see_notice(notice_id=notice_id, access=access_of(request), now=utc_now())
    return redirect(settings.LOGIN_REDIRECT_URL)
