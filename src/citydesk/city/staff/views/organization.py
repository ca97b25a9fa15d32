"""Teams and roles, to read: both are profile data."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from citydesk.city.staff.choices import VIEW
from citydesk.city.staff.queries import list_roles, teams_with_people
from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import needs, render


@needs(VIEW)
@require_GET
def teams(request: HttpRequest) -> HttpResponse:
    """Departments with their teams, who is in them today and who of them is away."""
    return render(request, "staff/teams.jinja", {"teams": teams_with_people(utc_now())})


@needs(VIEW)
@require_GET
def roles(request: HttpRequest) -> HttpResponse:
    """What each role may do, and how many hold it."""
    return render(request, "staff/roles.jinja", {"roles": list_roles(utc_now())})
