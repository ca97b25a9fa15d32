"""Guard 26: every exchange of a part of a page is known, with the view that answers; the focus is kept or set, and what
the reader did not ask to hear is told, or it is written why not (`tests/guards/swaps.toml`)."""

import inspect
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.urls import get_resolver

from tests.guards.house import SOURCE, none_of
from tests.guards.swaps import FOCUS, LIVE, Swap, found_in, registry, short

SHELL = ("#toasts", "#alerts", "#bulletins", "#notices")
TOLD = ("status", "focus", "opened", "quiet")


def faults(source: Path, said: Mapping[Swap, Mapping[str, Any]]) -> Iterator[str]:
    """Exchanges nobody wrote down, lines about none, and what is said of one and not so."""
    found, texts = set(found_in(source)), _texts(source)
    for one in sorted(found - set(said)):
        yield f"{one.file} asks {one.asks} into {one.into}: it stands in no line of swaps.toml"
    for one in sorted(set(said) - found):
        yield f"{one.file} does not ask {one.asks} into {one.into} any more"
    ids = set(re.findall(r"""id=["']([\w-]+)|["']id["']: *["']([\w-]+)""", "\n".join(texts.values())))
    known = {one for pair in ids for one in pair if one}
    for one in sorted(found & set(said)):
        line = said[one]
        yield from (f"{one.file}, {one.asks} into {one.into}: {fault}" for fault in _faults_of(one, line, texts, known))


def _faults_of(one: Swap, line: Mapping[str, Any], texts: Mapping[str, str], ids: set[str]) -> Iterator[str]:
    drawn = [*line.get("answer", []), one.file]
    if one.into.startswith("#") and one.into[1:].rstrip("-") not in {known.rstrip("-") for known in ids}:
        yield "nothing has this id"
    if missing := [name for name in drawn if name.endswith(".jinja") and name not in texts]:
        yield f"there is no template {missing[0]}"
    if line["focus"] not in FOCUS or line["told"] not in TOLD:
        yield "the focus or the telling is no word of the registry"
    if line["focus"] == "marked" and not any("data-focus" in texts.get(name, "") for name in drawn):
        yield "no template of the answer marks where the focus goes (data-focus)"
    # The region of the toasts stands in the shell, whoever sends one.
    lives = [*drawn, "kernel/desk.jinja", "kernel/_news.jinja"] if one.into in SHELL or one.into == "none" else drawn
    if line["told"] == "status" and not any(LIVE.search(texts.get(name, "")) for name in lives):
        yield "no template of the answer has a live region (role=status, role=alert, aria-live)"
    if line["told"] == "focus" and line["focus"] == "stays":
        yield "the focus stays, so nothing is read by it"
    if line["told"] == "quiet" and len(line.get("why", "").split()) < 3:
        yield "it says nothing, and not why"


def _texts(source: Path) -> dict[str, str]:
    return {short(path): path.read_text(encoding="utf-8") for path in [*source.rglob("*.jinja"), *source.rglob("*.py")]}


def views_by_name() -> dict[str, Any]:
    """Every named view of the URL table by its whole name."""
    found: dict[str, Any] = {}

    def walk(patterns: Any, space: str) -> None:
        for one in patterns:
            if hasattr(one, "url_patterns"):
                walk(one.url_patterns, f"{space}{one.namespace}:" if one.namespace else space)
            elif one.name:
                found[f"{space}{one.name}"] = one.callback

    walk(get_resolver().url_patterns, "")
    return found


def faults_of_views(said: Mapping[Swap, Mapping[str, Any]], views: Mapping[str, Any]) -> Iterator[str]:
    """Lines without a view, with one that is not there, or whose view does not name the place of the focus."""
    for one, line in said.items():
        if one.asks == "along":
            continue
        view = views.get(line.get("view", ""))
        if view is None:
            yield f"{one.file}: no view is called {line.get('view')}"
        elif line["focus"] == "named" and "take-focus" not in _source_of(view):
            yield f"{one.file}: {line['view']} names no place for the focus"
        elif ":" in one.asks and "(" not in one.asks and one.asks not in views:
            yield f"{one.file} asks {one.asks}, which is no address"


def _source_of(view: Any) -> str:
    module = inspect.getmodule(inspect.unwrap(view))
    return inspect.getsource(module) if module else ""


def test_every_exchange_is_known_keeps_or_sets_the_focus_and_is_told():
    none_of(list(faults(SOURCE, registry())))


def test_every_exchange_is_answered_by_a_view_that_does_what_is_said():
    none_of(list(faults_of_views(registry(), views_by_name())))


def test_the_focus_is_looked_after_by_one_rule():
    rule = (SOURCE / "citydesk/kernel/static/kernel/js/focus.js").read_text(encoding="utf-8")
    assert all(word in rule for word in ("htmx:beforeSwap", "htmx:afterSettle", "data-focus", "take-focus"))
    contact = (SOURCE / "citydesk/desk/static/desk/contact.js").read_text(encoding="utf-8")
    assert ".focus()" in contact  # the one part with `focus = "script"`


FOUND = '<a hx-get="{{ url(\'x:y\') }}" hx-target="#found">x</a><i id="found"></i>'
PLANTED = {
    "an exchange nobody wrote down": (FOUND, None),
    "a place that is not there": ('<a hx-get="{{ url(\'x:y\') }}" hx-target="#gone">x</a>', {}),
    "nothing said": (FOUND, {"told": "status"}),
    "nothing marked": (
        '<a hx-get="{{ url(\'x:y\') }}" hx-target="#found">x</a><i id="found" role="status"></i>',
        {"focus": "marked", "told": "focus"},
    ),
    "no reason": (FOUND, {"told": "quiet"}),
    "attributes in a call": ('{{ ui.button(_("A"), attrs={"hx-post": url("x:y"), "hx-target": "#found"}) }}', None),
    "along": ('<p id="part-x"{% if oob %} hx-swap-oob="true"{% endif %}></p>', None),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_fault_is_caught(planted, tmp_path):
    text, line = PLANTED[planted]
    page = tmp_path / "citydesk/city/x/jinja2/x/page.jinja"
    page.parent.mkdir(parents=True)
    page.write_text(text)
    swap = next(iter(found_in(tmp_path)))
    said = {} if line is None else {swap: {"focus": "stays", "told": "status", **line}}
    assert list(faults(tmp_path, said)), planted


def test_a_page_in_order_passes_and_a_line_about_nothing_is_caught(tmp_path):
    page = tmp_path / "citydesk/city/x/jinja2/x/page.jinja"
    page.parent.mkdir(parents=True)
    page.write_text('<a hx-get="{{ url(\'x:y\') }}" hx-target="#found">x</a><i id="found" role="status"></i>')
    swap = Swap("x/page.jinja", "x:y", "#found")
    line = {"focus": "stays", "told": "status", "answer": ["x/page.jinja"], "view": "x:y"}
    assert list(faults(tmp_path, {swap: line})) == []
    assert len(list(faults(tmp_path, {swap: line, Swap("x/old.jinja", "x:y", "#found"): line}))) == 1
    assert list(faults_of_views({swap: line}, {})) and not list(faults_of_views({swap: line}, {"x:y": faults}))
    assert list(faults_of_views({swap: {**line, "focus": "named"}}, {"x:y": short}))
