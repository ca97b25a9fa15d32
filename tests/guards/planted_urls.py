"""Pages that a guard must catch: one breaks, one serves whom its policy refuses; the third is in order."""

from django.http import HttpResponse
from django.urls import path

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


@needs("desk.admin")
def declared(request):
    """What `lenient` should have been."""


urlpatterns = [path("broken/", broken), path("lenient/", lenient), path("good/", good)]
PLANTED = [("/broken/", broken), ("/lenient/", declared), ("/good/", good)]
