"""Marks and parts that are drawn once: the same markup, nobody else's words, nothing unescaped."""

from typing import Any, NamedTuple

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import DictLoader
from markupsafe import Markup

from citydesk.kernel import drawing, templating
from citydesk.kernel.templating import environment

PARTS = """
{%- macro mark(text, attrs={}) %}<b{{ attrs|xmlattr }}>{{ text }}</b>{% endmacro %}
{%- macro greeting() %}<i>{{ _("Close") }}</i>{% endmacro %}
{%- macro cell(value, label, kind="") %}
<td class="100% {{ kind }}" title="{{ label }}">{{ value }}, {{ label }}</td>{% endmacro %}
{%- macro line(id, tone, text, mark, plain=False) -%}
<tr id="{{ id }}">{% if tone == "late" %}<b>{{ text }}</b>{% else %}{{ text }}{% endif %}
{% if plain %}!{% endif %}{{ mark }}</tr>
{% endmacro %}
{%- macro star(mark) %}{% if mark %}<s>{{ mark }}</s>{% endif %}{% endmacro %}"""


class Line(NamedTuple):
    id: int
    tone: str
    text: str
    mark: str


@pytest.fixture(autouse=True)
def forget():
    drawing.forget()
    yield
    drawing.forget()


def macros() -> Any:
    return made().get_template("parts.jinja").module


def made(**more: str) -> Any:
    return environment(loader=DictLoader({"parts.jinja": PARTS, **more}))


def test_a_remembered_mark_is_drawn_once_for_each_arguments():
    drawn = []
    mark = drawing.once(lambda text, attrs=None: drawn.append(text) or Markup(f"<b>{text}{attrs or ''}</b>"))
    assert [mark("a"), mark("a"), mark("b"), mark("a", attrs={"x": 1}), mark("a", attrs={"x": True})] == [
        "<b>a</b>",
        "<b>a</b>",
        "<b>b</b>",
        "<b>a{'x': 1}</b>",
        "<b>a{'x': True}</b>",
    ]
    assert drawn == ["a", "b", "a", "a"]


def test_a_mark_with_an_argument_that_has_no_hash_is_drawn_each_time():
    drawn = []
    mark = drawing.once(lambda texts: drawn.append(1) or " ".join(texts))
    assert mark(["a"]) == "a"
    assert mark(["b"]) == "b"
    assert len(drawn) == 2


def test_a_mark_in_language_is_remembered_for_each_language():
    mark = drawing.once_in_language(macros().greeting)
    with translation.override("en"):
        english = mark()
    with translation.override("es"), drawing.one_page():
        spanish = mark()
    with translation.override("en"):
        assert mark() == english
    assert english != spanish


def test_the_language_of_a_page_stays_while_it_is_drawn():
    with translation.override("en"), drawing.one_page(), translation.override("es"):
        assert drawing.language() == "en"
    with translation.override("es"):
        assert drawing.language() == "es"


def test_a_stencil_gives_what_the_macro_gives_and_escapes():
    cell = macros().cell
    fill = drawing.stencil(cell, "value", "label", kind="n")
    for value, label in (("1", "one"), ("<script>", '"quoted"'), ("50 %", "%(value)s %s")):
        assert fill(value, label) == cell(value=value, label=label, kind="n")
    assert fill(Markup("<b>1</b>"), "") == cell(value=Markup("<b>1</b>"), label="", kind="n")


@given(
    st.lists(
        st.builds(
            Line,
            st.integers(),
            st.sampled_from(["late", ""]),
            st.text() | st.sampled_from(["\ue002", "<b>\ue002&", "%s", "%(id)s", "\ue000text\ue001"]),
            st.sampled_from(["", "<x>", "y"]),
        )
    ),
    st.booleans(),
)
def test_rows_are_what_the_macro_draws_row_by_row(lines, plain):
    line, star = macros().line, macros().star
    one_by_one = "".join(
        line(id=row.id, tone=row.tone, text=row.text, mark=star(row.mark), plain=plain) for row in lines
    )
    assert drawing.draw_rows(line, lines, "tone", {"mark": star}, plain=plain) == one_by_one


def test_rows_draw_a_mark_once_for_each_value():
    drawn = []

    def star(mark: str) -> Markup:
        drawn.append(mark)
        return Markup("<s></s>")

    lines = [Line(at, "", "", "ab"[at % 2]) for at in range(50)]
    assert drawing.draw_rows(macros().line, lines, "tone", {"mark": star}).count("<s></s>") == 50
    assert sorted(drawn) == ["a", "b"]


def test_a_line_that_was_drawn_is_remembered_and_another_is_not_taken_for_it(monkeypatch):
    monkeypatch.setattr(drawing, "_MOST_ROWS", 30)
    line, counted = macros().line, []
    escaped = drawing._escaped
    monkeypatch.setattr(drawing, "_escaped", lambda values: counted.append(len(values)) or escaped(values))

    def draw(lines, language="en", **fixed):
        counted.clear()
        with translation.override(language):
            return drawing.draw_rows(line, lines, "tone", **fixed), sum(counted)

    first = [Line(at, "", f"<{at}>", "") for at in range(10)]
    page, work = draw(first)
    assert draw(first) == (page, 0)
    assert draw(first[::-1])[1] == 0 and draw(first[::-1])[0] != page
    changed, more = draw([*first[:9], Line(9, "late", "<9>", "")])
    assert 0 < more < work / 5 and changed != page
    assert draw(first, plain=True)[1] == work
    assert draw(first, language="es")[1] == work
    for at in range(20):  # more than are remembered
        many = [Line(n, "", f"{at} {n}", "") for n in range(10)]
        assert draw(many)[0].count(f"{at} ") >= 10
    assert draw(first)[0] == page


def test_lines_are_drawn_whatever_another_thread_forgets_meanwhile(monkeypatch):
    class Emptied(dict):
        def update(self, *given):
            super().update(*given)
            self.clear()

    monkeypatch.setattr(drawing, "_known_rows", lambda *_given: emptied)
    emptied, line = Emptied(), macros().line
    lines = [Line(at, "", f"{at}", "") for at in range(3)]
    emptied[lines[0]] = "kept"
    assert drawing.draw_rows(line, [*lines, lines[1]], "tone").startswith("kept")


def test_a_kept_part_is_drawn_once_for_each_key_and_language_and_fills_its_holes():
    env = made(**{"_part.jinja": '{{ _("Close") }} {{ words }} {{ here }} {{ csrf_input }}', "page.jinja": PAGE})
    page = env.get_template("page.jinja")

    def draw(key: str, words: str, here: str, language: str = "en") -> str:
        with translation.override(language):
            return page.render(key=key, words=words, here=here, csrf_input=Markup(f"<input value={here}>"))

    first = draw("k", "one", "<1>")
    assert first.endswith("one &lt;1&gt; <input value=<1>>")
    assert draw("k", "never drawn", "2") == first.replace("&lt;1&gt;", "2").replace("<1>", "2")
    assert "another" in draw("other", "another", "3")
    assert "spanish" in draw("k", "spanish", "4", "es")
    drawing.forget()
    assert "anew" in draw("k", "anew", "5")


PAGE = '{{ kept_part("_part.jinja", key, {"here": here}, words=words) }}'


def test_the_number_of_a_record_is_a_hole_in_addresses_too():
    env = made(**{"_part.jinja": '{{ url("service_requests:detail", number) }}', "page.jinja": NUMBERED})
    env.globals["url"] = templating._url
    page = env.get_template("page.jinja")
    drawn = [page.render(number=number, csrf_input="") for number in ("SR-26-000123-K", "SR-26-000456-X")]
    assert drawn == ["/desk/requests/SR-26-000123-K/", "/desk/requests/SR-26-000456-X/"]


NUMBERED = '{{ kept_part("_part.jinja", "same", {"number": number}) }}'


def test_parts_do_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(drawing, "_MOST_LETTERS", 1000)
    env = made(**{"_part.jinja": "{{ words }}", "page.jinja": '{{ kept_part("_part.jinja", key, words=words) }}'})
    page = env.get_template("page.jinja")
    for key in range(200):
        assert page.render(key=key, words="x" * 50, csrf_input="") == "x" * 50
    assert len(drawing._parts) <= 21
