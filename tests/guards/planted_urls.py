"""Pages that a guard must catch: one breaks, one serves whom its policy refuses, one writes; `good` is in order."""

from uuid import uuid4

from django.http import HttpResponse
from django.urls import path

from citydesk.kernel.clock import utc_now
from citydesk.kernel.models import HandledEvent
from citydesk.kernel.pages import needs, public


@public("planted")
def broken(request):
    raise RuntimeError("planted")


@public("planted")
def lenient(request):
    return HttpResponse("for everybody")


@public("planted")
def good(request):
    return HttpResponse("in order")


@public("planted")
def writes(request):
    """Changes something for whoever looks, and answers any method."""
    HandledEvent.objects.create(event="planted", event_id=uuid4().hex, handler="planted", handled_at=utc_now())
    return HttpResponse("thank you")


@needs("desk.admin")
def declared(request):
    """What `lenient` should have been."""


urlpatterns = [path("broken/", broken), path("lenient/", lenient), path("good/", good), path("writes/", writes)]
PLANTED = [("/broken/", broken), ("/lenient/", declared), ("/good/", good)]
