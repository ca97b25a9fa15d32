"""Search words and safe HTML."""

from hypothesis import given
from hypothesis import strategies as st

from citydesk.city.knowledge.rules import any_of, article_html, concerns, search_words, summary_of


def test_the_matter_is_searched_for_not_the_greeting():
    assert search_words("Hola, necesito ayuda: un árbol cayó") == ["ayuda", "árbol", "cayó"]
    assert any_of(["tree", "fell"]) == "tree | fell:*"


@given(st.text())
def test_search_words_are_safe_in_a_query(text):
    assert all(word.isalnum() for word in search_words(text))


def test_markdown_becomes_safe_html():
    html = article_html("# Trees\n\n<script>alert(1)</script> [x](javascript:alert(1)) [city](https://city.example)")
    assert "<script" not in html and "javascript:" not in html.replace("(javascript:", "")
    assert "<h2>Trees</h2>" in html and 'href="https://city.example"' in html


def test_headings_stay_below_the_pages_title():
    assert "<h1" not in article_html("# A\n\n## B\n\n### C")


def test_a_summary_is_the_first_paragraph():
    assert (
        summary_of("# Title\n\nThe **city** clears [streets](https://x.example).\n\nMore.")
        == "The city clears streets."
    )
    assert len(summary_of("word " * 200)) <= 181


def test_a_bulletin_concerns_its_code_and_its_area():
    here = ("1218 Oak St", "District 4", "4")
    assert concerns("tree_down", "", "tree_down", here)
    assert concerns("", "district 4", "pothole", here)
    assert concerns("tree_down", "Oak  St", "tree_down", here)
    assert concerns("tree_down", "Downtown", "tree_down", ())  # no place known yet: the code decides
    assert not concerns("tree_down", "Downtown", "tree_down", here)
    assert not concerns("tree_down", "", "pothole", here)


@given(st.text(max_size=20), st.text(max_size=20), st.lists(st.text(max_size=20), max_size=3))
def test_another_code_is_never_concerned_and_no_area_means_everywhere(code, area, places):
    assert not concerns("tree_down", area, "pothole", tuple(places))
    assert concerns(code, "", code, tuple(places)) and concerns("", "", code, tuple(places))
