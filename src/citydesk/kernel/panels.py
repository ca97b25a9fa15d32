"""The panels that rooms offer for one object's page, drawn; each with its own right, in its own template."""

from datetime import datetime

from django.http import HttpRequest
from django.template.loader import get_template
from markupsafe import Markup

from citydesk.kernel.pages import access_of
from citydesk.kernel.registries import registries


def panels_for(request: HttpRequest, page: str, object_id: int, now: datetime) -> list[Markup]:
    """Panels on an object's page that the reader may see and that have something to show, in their order.

    `page` is the object type, such as "customers.customer"; the view has authorised sight of the object itself.
    """
    access = access_of(request)
    drawn = []
    for panel in registries.panels_on(page):
        if not access.may(panel.permission):
            continue
        built = panel.build(access=access, object_id=object_id, now=now)
        if built is not None:
            html = get_template(panel.template).render({"access": access, **built}, request)
            drawn.append(Markup(html))  # noqa: S704 - a template of ours, escaped where it was drawn
    return drawn
