"""Photo review: areas are written in percent or drawn; a blurred copy is what the public sees."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from citydesk.contact.service_requests.choices import REVIEW_PUBLIC
from citydesk.contact.service_requests.queries.photos import photo_to_review
from citydesk.contact.service_requests.services.photos import Box, publish_photo
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import Invalid
from citydesk.kernel.pages import access_of, needs, render


@needs(REVIEW_PUBLIC)
@require_http_methods(["GET", "POST"])
def review_photo(request: HttpRequest, link_id: int) -> HttpResponse:
    """A photo with its areas to blur: one line an area, "left top width height" in percent of the picture."""
    access, now = access_of(request), utc_now()
    errors: dict[str, list[str]] = {}
    try:
        if request.method == "POST":
            boxes = _areas(request.POST.get("areas", ""))
            publish_photo(link_id=link_id, boxes=boxes, access=access, now=now)
            return redirect("service_requests:review_photo", link_id)
    except Invalid as error:
        errors = {error.field or "areas": [str(error.message)]}
    photo = photo_to_review(access, link_id)
    context = {"photo": photo, "errors": errors, "areas": request.POST.get("areas", "")}
    return render(request, "service_requests/photo.jinja", context, status=422 if errors else 200)


def _areas(text: str) -> list[Box]:
    found: list[Box] = []
    for line in filter(None, (one.strip() for one in text.splitlines())):
        try:
            left, top, width, height = (float(part) / 100 for part in line.replace(",", " ").split())
        except ValueError as error:
            raise Invalid(
                _("Write four numbers from 0 to 100 on each line: from the left, from the top, width, height."),
                field="areas",
            ) from error
        found.append((left, top, min(1.0, left + width), min(1.0, top + height)))
    return found
