"""What a page need not draw anew: marks that look the same wherever they stand, parts that many pages share.

A macro costs more than what it draws: an icon is eighty letters and takes as long as thirty cells of a table, and a
page of fifty rows has a thousand. `once` remembers marks, `stencil` draws a macro once and fills its holes,
`draw_rows` does so for all rows of a list, `kept_part` remembers whole parts. docs/speed.md has the figures.
"""

import re
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from operator import itemgetter
from typing import Any

from django.utils import translation
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

Draw = Callable[..., Any]
_MOST_PARTS = 2000
_parts: dict[Hashable, str] = {}
# Asking Django which language is on costs more than most words; a page asks once and everything drawn on it uses that.
_page_language: ContextVar[str | None] = ContextVar("page_language", default=None)


@contextmanager
def page_language() -> Iterator[None]:
    """Around the drawing of one page: its language does not change inside."""
    token = _page_language.set(translation.get_language())
    try:
        yield
    finally:
        _page_language.reset(token)


def language() -> str | None:
    """The language that is on."""
    return _page_language.get() or translation.get_language()


def once(macro: Draw) -> Draw:
    """A macro that draws the same for the same arguments, in every language: its markup is remembered.

    For small marks that neither translate nor look at anything but their arguments.
    """
    return _remembering(macro, lambda: None)


def once_in_language(macro: Draw) -> Draw:
    """The same for a macro that translates."""
    return _remembering(macro, language)


def _remembering(macro: Draw, spoken: Callable[[], str | None]) -> Draw:
    @lru_cache(maxsize=4096, typed=True)
    def remembered(_spoken: str | None, attributes: Any, *given: Any, **named: Any) -> Any:
        if attributes:
            named["attrs"] = {name: value for name, value, _kind in attributes}
        return macro(*given, **named)

    def draw(*given: Any, **named: Any) -> Any:
        attributes = tuple((name, value, type(value)) for name, value in named.pop("attrs", {}).items())
        try:
            return remembered(spoken(), attributes, *given, **named)
        except TypeError:  # an argument that has no hash: it is drawn anew
            return remembered.__wrapped__(None, attributes, *given, **named)

    return draw


def stencil(macro: Draw, *holes: str, **fixed: Any) -> Draw:
    """A macro drawn once, with holes that are filled for every row: `stencil(ui.tick_cell, "value", name="id")`.

    Returns a function of the holes' values in their order, which are escaped. The macro must only write what stands in
    a hole, not decide by it.
    """
    pattern = _pattern(macro, holes, tuple(sorted(fixed.items())))

    def fill(*values: Any) -> Markup:
        return Markup(pattern % dict(zip(holes, map(escape, values), strict=True)))  # noqa: S704 - escaped here

    return fill


@lru_cache(maxsize=512)
def _pattern(macro: Draw, holes: tuple[str, ...], fixed: tuple[tuple[str, Any], ...]) -> str:
    drawn = str(macro(**dict(fixed), **{name: _hole(name) for name in holes})).replace("%", "%%")
    for name in holes:
        drawn = drawn.replace(_hole(name), f"%({name})s")
    return drawn


_HOLE = re.compile("\ue000(\\w+)\ue001")


def _hole(name: str) -> Markup:
    return Markup(f"\ue000{name}\ue001")  # noqa: S704 - letters of no alphabet, never seen by a reader


def draw_rows(
    macro: Draw, lines: Sequence[Any], shape: str = "", drawn: Mapping[str, Draw] | None = None, **fixed: Any
) -> Markup:
    """All rows of a list by one macro, whose arguments are the fields of `lines` (named tuples of one kind).

    The macro only writes what it is given, as for a `stencil`; it decides by `fixed` and by the field named `shape`,
    of which there are few. `drawn` are fields whose markup a macro of their own draws from the value, each once.
    """
    if not lines:
        return Markup()
    names = lines[0]._fields
    forms, columns = [""] * len(lines), []
    for name, values in zip(names, zip(*lines, strict=True), strict=True):
        if name == shape:
            forms = list(values)
        columns.append(_marks(drawn[name], values) if drawn and name in drawn else _escaped(values))
    given = tuple(sorted(fixed.items()))
    patterns = {form: _row_pattern(macro, names, shape, form, given) for form in set(forms)}
    rows = [patterns[form](row) for form, row in zip(forms, zip(*columns, strict=True), strict=True)]
    return Markup("".join(rows))  # noqa: S704 - the macro's own markup around escaped values


def _marks(draw: Draw, values: Sequence[Any]) -> list[str]:
    marks = {value: str(escape(draw(value))) for value in set(values)}
    return [marks[value] for value in values]


_APART = "\ue002"  # a letter of no alphabet


def _escaped(values: Sequence[Any]) -> list[str]:
    """The values as texts for markup, by one call for all of them."""
    texts = [str(value) for value in values]
    escaped = str(escape(_APART.join(texts))).split(_APART)
    # Somebody may have typed that very letter.
    return escaped if len(escaped) == len(texts) else [str(escape(text)) for text in texts]


@lru_cache(maxsize=512)
def _row_pattern(
    macro: Draw, names: tuple[str, ...], shape: str, form: str, fixed: tuple[tuple[str, Any], ...]
) -> Callable[[Sequence[str]], str]:
    given = {name: form if name == shape else _hole(name) for name in names}
    pieces = _HOLE.split(str(macro(**dict(fixed), **given)))
    pattern = "%s".join(piece.replace("%", "%%") for piece in pieces[::2])
    # The first twice: with one name alone itemgetter would give the value and no tuple.
    pick = itemgetter(*[names.index(name) for name in (*pieces[1::2], names[0], names[0])])
    return lambda row: pattern % pick(row)[:-2]


@pass_context
def kept_part(
    context: Context, template: str, key: Hashable, /, holes: Mapping[str, Any] | None = None, **values: Any
) -> Markup:
    """A part of a page, drawn once for each language and key: `{{ kept_part("room/_part.jinja", key, a=a) }}`.

    The part sees `values` and nothing else of the page. `key` must tell apart all that the values can change in what is
    drawn: whatever is not in it is shown to others as well. What differs each time goes into `holes`, which the part
    only writes; the token of forms is one by itself.
    """
    filled = {"csrf_input": context["csrf_input"], **(holes or {})}
    name = (template, language(), key)
    part = _parts.get(name)
    if part is None:
        part = context.environment.get_template(template).render({**values, **{one: _hole(one) for one in filled}})
        if len(_parts) >= _MOST_PARTS:
            _parts.clear()
        _parts[name] = part
    for one, value in filled.items():
        if (hole := _hole(one)) in part:
            part = part.replace(hole, str(escape(value)))
    return Markup(part)  # noqa: S704 - what a template drew, and escaped values


def forget() -> None:
    """Draw every part anew."""
    _parts.clear()


GLOBALS = {
    "once": once,
    "once_in_language": once_in_language,
    "stencil": stencil,
    "draw_rows": draw_rows,
    "kept_part": kept_part,
}
