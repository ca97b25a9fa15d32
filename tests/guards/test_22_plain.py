"""Guard 22: what residents read is plain. `tools/plain.py` reads the real texts in `make check`; here it must bite."""

import pytest

from tools import plain
from tools.plain import Text

HARD = (
    "Notwithstanding any previously communicated determination, the municipality retains discretionary authority "
    "regarding the administrative disposition of submitted documentation. Reconsideration necessitates the timely "
    "submission of supplementary documentation substantiating the extraordinary circumstances of the applicant. "
    "Administrative determinations are subsequently communicated in accordance with applicable regulations."
)
DURO = (
    "La administración municipal conserva la facultad discrecional respecto de la determinación administrativa de la "
    "documentación presentada. La reconsideración requiere la presentación oportuna de documentación complementaria "
    "que fundamente las circunstancias extraordinarias del solicitante. Las determinaciones administrativas serán "
    "comunicadas posteriormente conforme a las disposiciones reglamentarias."
)
EASY = "We have your report. A crew looks at it this week. If it is not right, tell us. " * 3
SENCILLO = "Tenemos su reporte. Un equipo lo mira esta semana. Si algo está mal, avísenos. " * 3


@pytest.mark.parametrize(("language", "hard", "easy"), [("en", HARD, EASY), ("es", DURO, SENCILLO)])
def test_hard_texts_are_caught_and_plain_ones_pass(language, hard, easy):
    (fault,), _looks = plain.check([Text("a/hard.md", language, [hard])])
    assert fault.startswith(f"a/hard.md ({language})")
    assert plain.check([Text("a/easy.md", language, [easy])]) == ([], [])


def test_a_text_between_the_limits_is_named_and_passes():
    between = "The inspector returns in thirty days and decides whether the owner followed the letter of the city. "
    faults, (look,) = plain.check([Text("a/between.md", "en", [between * 3])])
    assert not faults and "grade 9" in look


def test_long_sentences_are_caught_however_short_their_words():
    long = "We go to the lot and look at it and if the grass is high we cut it and you pay for it when the bill comes. "
    (fault,), _looks = plain.check([Text("a/long.md", "en", [long * 2])])
    assert "words a sentence" in fault


def test_short_texts_are_measured_together():
    pieces = HARD.split(". ")
    texts = [Text(f"profiles/x/templates/{n}.md", "en", [f"{one}."]) for n, one in enumerate(pieces)]
    assert plain.check(texts[:1])[0], "even alone a hard text has no other to hide behind"
    (fault,), _looks = plain.check(texts)
    assert fault.startswith("profiles/x/templates, its short texts")


def test_an_acronym_needs_its_words():
    (fault,), _ = plain.check([Text("a", "en", ["The RTA runs the bus."])])
    assert "RTA is not explained" in fault
    assert plain.check([Text("a", "en", ["The Regional Transit Authority (RTA) runs it. The RTA answers."])]) == (
        [],
        [],
    )
    assert plain.check([Text("a", "en", ["{SLA} is filled in; a PDF is a PDF."])]) == ([], [])


def test_a_button_says_what_it_does(tmp_path):
    page = tmp_path / "citydesk/portal/jinja2/portal/x.jinja"
    page.parent.mkdir(parents=True)
    page.write_text('{{ ui.button(_("Submission"), kind="solid") }}{{ ui.button(_("Send it")) }}')
    (fault,) = plain.buttons(tmp_path)
    assert "'Submission'" in fault


def test_facts_and_fields_are_no_sentences():
    body = "Number: {number}\nWhere: {place}\n\nWe have it. Follow it: {link}\n\n{city} 311, {phone}"
    assert plain.sentences(body) == ["We have it."]


@pytest.mark.parametrize(
    ("word", "count"),
    [("report", 2), ("use", 1), ("people", 2), ("asked", 1), ("wanted", 2), ("houses", 2), ("violation", 4)],
)
def test_english_syllables(word, count):
    assert plain.english_syllables(word) == count


@pytest.mark.parametrize(
    ("word", "count"), [("ciudad", 2), ("reporte", 3), ("país", 2), ("guerra", 2), ("averigüe", 4), ("hoy", 1)]
)
def test_spanish_syllables(word, count):
    assert plain.spanish_syllables(word) == count
