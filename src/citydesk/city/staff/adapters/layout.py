"""What the pages of signing in need from the house: they are Django templates, every other page is Jinja."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from citydesk.city.profile.queries import city
from citydesk.kernel.shell import THEMES
from citydesk.kernel.ui import asset


def house(request: HttpRequest) -> dict[str, Any]:
    """The style sheet's address, the city's name, the reader's theme, whether this is a practice city."""
    theme = request.COOKIES.get("theme", "system")
    return {
        "house_css": asset("desk.css"),
        "city_name": city().name,
        "is_practice": settings.PRACTICE,
        "theme": theme if theme in THEMES else "system",
    }
