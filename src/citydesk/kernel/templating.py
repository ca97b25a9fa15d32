"""The Jinja2 environment: one engine for every page, texts by gettext, times in the city's zone and in few words."""

from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone, translation
from jinja2 import Environment, StrictUndefined

from citydesk.kernel import texts, ui


def environment(**options: Any) -> Environment:
    """The environment Django's Jinja2 backend asks for."""
    env = Environment(  # noqa: S701 - autoescape is on, in the dictionary below
        **{
            **options,
            "undefined": StrictUndefined,
            "autoescape": True,
            "trim_blocks": True,
            "lstrip_blocks": True,
            "extensions": ["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"],
        }
    )
    env.install_gettext_callables(  # type: ignore[attr-defined]
        translation.gettext, translation.ngettext, newstyle=True, pgettext=translation.pgettext
    )
    # A {% trans %} block may be laid out over lines: its text is the same, and tools/texts.py extracts it so.
    env.policies["ext.i18n.trimmed"] = True
    env.globals.update(
        static=static,
        url=lambda name, *args, **kwargs: reverse(name, args=args or None, kwargs=kwargs or None),
        language=translation.get_language,
        is_rtl=translation.get_language_bidi,
        now=timezone.now,
        settings=settings,
    )
    env.globals.update(ui.GLOBALS)
    env.filters.update(texts.FILTERS)
    return env
