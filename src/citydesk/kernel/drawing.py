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
from typing import Any, NamedTuple

from django.urls import get_script_prefix, get_urlconf
from django.utils import translation
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

Draw = Callable[..., Any]
# So many letters of kept parts a process holds, then it begins anew: some thousand parts, 16 MB.
_MOST_LETTERS = 16_000_000
_parts: dict[Hashable, tuple[str, ...]] = {}
_letters = 0


class Drawn(NamedTuple):
    """What does not change while one page is drawn. Asking Django for it costs more than most words."""

    language: str | None
    urlconf: Any
    prefix: str


_page: ContextVar[Drawn | None] = ContextVar("page", default=None)


@contextmanager
def one_page() -> Iterator[None]:
    """Around the drawing of one page: its language and its addresses do not change inside."""
    token = _page.set(_asked())
    try:
        yield
    finally:
        _page.reset(token)


def _asked() -> Drawn:
    return Drawn(translation.get_language(), get_urlconf(), get_script_prefix())


def page() -> Drawn:
    """The page that is drawn, or what Django says outside of one."""
    return _page.get() or _asked()


def language() -> str | None:
    """The language that is on."""
    drawn = _page.get()
    return drawn.language if drawn else translation.get_language()


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


HOLE = re.compile("\ue000(\\w+)\ue001")


def _hole(name: str) -> Markup:
    return Markup(f"\ue000{name}\ue001")  # noqa: S704 - letters of no alphabet, never seen by a reader


def with_holes(items: Sequence[Mapping[str, Any]], field: str, prefix: str, code: str) -> list[dict[str, Any]]:
    """The items of a macro's list with a hole each in place of one field, named by the item's code: for `kept_part`."""
    return [{**one, field: _hole(f"{prefix}{one[code]}")} for one in items]


def draw_rows(
    macro: Draw, lines: Sequence[Any], shape: str = "", drawn: Mapping[str, Draw] | None = None, **fixed: Any
) -> Markup:
    """All rows of a list by one macro, whose arguments are the fields of `lines` (named tuples of one kind).

    The macro only writes what it is given, as for a `stencil`; it decides by `fixed` and by the field named `shape`,
    of which there are few. `drawn` are fields whose markup a macro of their own draws from the value, each once.

    A line that stood on a page before, word for word, is remembered as it was drawn: of a queue that somebody comes
    back to, most are. A field therefore has values of one type: 1 and True are the same line.
    """
    if not lines:
        return Markup()
    given = tuple(sorted(fixed.items()))
    known = _known_rows(macro, shape, tuple((drawn or {}).items()), given, language())
    # Looked up once: another thread may empty what is remembered at any moment.
    found: list[Any] = [known.get(line) for line in lines]
    if None in found:
        new = [line for line, row in zip(lines, found, strict=True) if row is None]
        rows = _draw_lines(macro, new, shape, drawn, given)
        if len(known) > _MOST_ROWS:
            known.clear()
        known.update(zip(new, rows, strict=True))
        left = iter(rows)
        found = [next(left) if row is None else row for row in found]
    return Markup("".join(found))  # noqa: S704 - drawn and escaped below


# So many lines of one list and language a process remembers, then it begins anew: 1 to 2 KB each.
_MOST_ROWS = 1500


@lru_cache(maxsize=16)
def _known_rows(
    macro: Draw, shape: str, drawn: tuple[tuple[str, Draw], ...], given: tuple[tuple[str, Any], ...], spoken: str | None
) -> dict[Any, str]:
    """Lines of a list as they were drawn."""
    return {}


def _draw_lines(
    macro: Draw,
    lines: Sequence[Any],
    shape: str,
    drawn: Mapping[str, Draw] | None,
    given: tuple[tuple[str, Any], ...],
) -> list[str]:
    """Each line as markup: the macro's own around escaped values."""
    names = lines[0]._fields
    by_name = dict(zip(names, zip(*lines, strict=True), strict=True))
    forms = by_name.pop(shape, None) or [""] * len(lines)
    patterns = {form: _row_pattern(macro, names, shape, form, given) for form in set(forms)}
    shown = {name for pattern in patterns.values() for name in pattern.names}
    marked = {name: _marks(draw, by_name[name]) for name, draw in (drawn or {}).items() if name in shown}
    plain = [name for name in by_name if name in shown and name not in marked]
    cells = _escaped([value for name in plain for value in by_name[name]])
    size = len(lines)
    columns = {**marked, **{name: cells[at * size : (at + 1) * size] for at, name in enumerate(plain)}}
    filled: list[str] = [""] * size
    for form, pattern in patterns.items():
        rows = zip(*[columns[name] for name in pattern.names], strict=True) if pattern.names else [()] * size
        for at, row in enumerate(rows):
            if forms[at] == form:
                filled[at] = pattern.text % row
    return filled


def _marks(draw: Draw, values: Sequence[Any]) -> list[str]:
    marks = {value: str(escape(draw(value))) for value in set(values)}
    return [marks[value] for value in values]


_APART = "\ue002"  # a letter of no alphabet


def _escaped(values: Sequence[Any]) -> list[str]:
    """The values as texts for markup, by one call for all of them: the cells of a table cost less than the calls."""
    texts = [str(value) for value in values]
    escaped = str(escape(_APART.join(texts))).split(_APART)
    # Somebody may have typed that very letter.
    return escaped if len(escaped) == len(texts) else [str(escape(text)) for text in texts]


class _RowPattern(NamedTuple):
    """A row drawn once: its text with a %s for each value, and the fields whose values they are, in their order."""

    text: str
    names: tuple[str, ...]


@lru_cache(maxsize=512)
def _row_pattern(
    macro: Draw, names: tuple[str, ...], shape: str, form: str, fixed: tuple[tuple[str, Any], ...]
) -> _RowPattern:
    given = {name: form if name == shape else _hole(name) for name in names}
    pieces = HOLE.split(str(macro(**dict(fixed), **given)))
    return _RowPattern("%s".join(piece.replace("%", "%%") for piece in pieces[::2]), tuple(pieces[1::2]))


@pass_context
def kept_part(
    context: Context, template: str, key: Hashable, /, holes: Mapping[str, Any] | None = None, **values: Any
) -> Markup:
    """A part of a page, drawn once for each language and key: `{{ kept_part("room/_part.jinja", key, a=a) }}`.

    The part sees `values` and nothing else of the page. `key` must tell apart all that the values can change in what is
    drawn: whatever is not in it is shown to others as well. What differs each time goes into `holes`, which the part
    only writes; the token of forms is one by itself.
    """
    given = holes or {}
    name = (template, language(), key)
    pieces = _parts.get(name)
    if pieces is None:
        pieces = _keep(name, _drawn(context, template, values, ("csrf_input", *given)))
    if len(pieces) == 1:
        return Markup(pieces[0])  # noqa: S704 - what a template drew
    filled = list(pieces)
    for at in range(1, len(pieces), 2):
        hole = pieces[at]
        filled[at] = escape(given[hole] if hole in given else context[hole])
    return Markup("".join(filled))  # noqa: S704 - what a template drew, and escaped values


def _drawn(context: Context, template: str, values: Mapping[str, Any], holes: Sequence[str]) -> tuple[str, ...]:
    """The part in pieces: what was drawn, the name of a hole, what was drawn, and so on."""
    drawn = context.environment.get_template(template).render({**values, **{one: _hole(one) for one in holes}})
    return tuple(HOLE.split(drawn))


def _keep(name: Hashable, pieces: tuple[str, ...]) -> tuple[str, ...]:
    global _letters
    if _letters > _MOST_LETTERS:
        forget()
    _parts[name] = pieces
    _letters += sum(map(len, pieces))
    return pieces


def forget() -> None:
    """Draw every part anew."""
    global _letters
    _parts.clear()
    _letters = 0


GLOBALS = {
    "once": once,
    "once_in_language": once_in_language,
    "stencil": stencil,
    "draw_rows": draw_rows,
    "kept_part": kept_part,
    "with_holes": with_holes,
}
