"""The Jinja2 environment: one engine for every page, texts by gettext, times in the city's zone and in few words."""

import re
from functools import lru_cache
from types import FunctionType
from typing import Any

from django.conf import settings
from django.templatetags.static import static as _address_of_file
from django.urls import reverse
from django.utils import timezone, translation
from jinja2 import Environment, StrictUndefined, Template
from jinja2.runtime import Context, Macro
from markupsafe import Markup

from citydesk.kernel import drawing, texts, ui


class HouseContext(Context):
    """A context that knows most callables of a page by their type; Jinja asks each at every call what it takes."""

    def call(self, called: Any, /, *given: Any, **named: Any) -> Any:
        """Call a macro or a plain function from a template; anything else goes Jinja's own way."""
        kind = type(called)
        if kind is Macro:
            given = (self.eval_ctx, *given)
        elif kind is not FunctionType or hasattr(called, "jinja_pass_arg"):
            return super().call(called, *given, **named)
        named.pop("_block_vars", None)
        named.pop("_loop_vars", None)
        return called(*given, **named)


class HouseTemplate(Template):
    """A template that gives out its macros without asking each time whether it is rendered with globals of its own."""

    def _get_default_module(self, ctx: Any = None) -> Any:
        return self._module or super()._get_default_module(ctx)


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
    env.template_class, env.context_class = HouseTemplate, HouseContext
    env.install_gettext_callables(  # type: ignore[attr-defined]  # of the i18n extension
        _text, translation.ngettext, newstyle=True, pgettext=translation.pgettext
    )
    # A {% trans %} block may be laid out over lines: its text is the same, and tools/texts.py extracts it so.
    env.policies["ext.i18n.trimmed"] = True
    env.globals.update(
        _=_say,
        static=static,
        url=_url,
        language=drawing.language,
        is_rtl=translation.get_language_bidi,
        now=timezone.now,
        settings=settings,
    )
    env.globals.update(ui.GLOBALS)
    env.globals.update(drawing.GLOBALS)
    env.filters.update(texts.FILTERS)
    return env


def _text(message: str) -> str:
    """gettext, remembered: a page of a list asks for the same few hundred texts a thousand times."""
    return _text_in(drawing.language(), message)


@lru_cache(maxsize=20_000)
def _text_in(_language: str | None, message: str) -> str:
    return translation.gettext(message)


def _say(message: str, **values: Any) -> Markup:
    """`_("...")` in templates: what Jinja's own does, without formatting a text that has nothing to fill in."""
    if values:
        return Markup(_text_in(drawing.language(), message)) % values  # noqa: S704 - texts are the house's own
    return _said_in(drawing.language(), message)


@lru_cache(maxsize=20_000)
def _said_in(_language: str | None, message: str) -> Markup:
    return Markup(translation.gettext(message)) % {}  # noqa: S704 - as above


@lru_cache(maxsize=1024)
def static(path: str) -> str:
    """The address of a static file; its fingerprint is looked up once."""
    return _address_of_file(path)


def _url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a view. Those without arguments, on every page, are remembered."""
    page = drawing.page()
    if args and not kwargs and isinstance(args[0], str) and (number := _NUMBER.fullmatch(args[0])):
        before, after = _url_around(name, number[1] or _SOME_SERIES, args[1:], page.urlconf, page.prefix)
        return f"{before}{args[0]}{after}"
    if args or kwargs:
        return reverse(name, args=args or None, kwargs=kwargs or None)
    return _plain_url(name, page.urlconf, page.prefix)


# A number as records bear it (kernel.numbering), or the hole of a kept part for one: it stands in an address as it is.
_NUMBER = re.compile(f"([A-Z]{{2}})-[0-9]{{2}}-[0-9]{{6}}-[0-9A-Z]|{drawing.HOLE.pattern}")
_SOME_SERIES = "SR"


@lru_cache(maxsize=1024)
def _url_around(name: str, series: str, more: tuple[Any, ...], _urlconf: Any, _prefix: str) -> tuple[str, str]:
    """What stands before and after the number in the address of one record of a series."""
    sample = f"{series}-00-000000-0"
    before, _number, after = reverse(name, args=[sample, *more]).partition(sample)
    return before, after


@lru_cache(maxsize=1024)
def _plain_url(name: str, _urlconf: Any, _prefix: str) -> str:
    return reverse(name)
