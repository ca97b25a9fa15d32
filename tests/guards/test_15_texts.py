"""Guard 15: every text has its Spanish, with the same placeholders."""

import pytest

from tests.guards.house import none_of
from tools import texts


def test_every_text_is_translated():
    none_of(texts.check())


@pytest.fixture
def room(tmp_path, monkeypatch):
    """A room with two texts in Python and one in a template, and a complete catalog."""
    folder = tmp_path / "citydesk/city/parking"
    (folder / "jinja2/parking").mkdir(parents=True)
    (folder / "apps.py").touch()
    (folder / "labels.py").write_text("_('Open')\nngettext('%(count)s car', '%(count)s cars', n)\n")
    (folder / "jinja2/parking/lot.jinja").write_text("{% trans name=x %}\n  Lot {{ name }}\n{% endtrans %}\n")
    monkeypatch.setattr(texts, "HOUSE", tmp_path / "citydesk")
    assert texts.update(folder) == 3
    fill(folder, 'msgid "Open"\nmsgstr ""', 'msgid "Open"\nmsgstr "Abierto"')
    fill(folder, 'msgstr[0] ""\nmsgstr[1] ""', 'msgstr[0] "un coche"\nmsgstr[1] "%(count)s coches"')
    fill(folder, 'msgid "Lot %(name)s"\nmsgstr ""', 'msgid "Lot %(name)s"\nmsgstr "Lote %(name)s"')
    return folder


def fill(folder, old, new):
    path = texts.catalog_path(folder)
    text = path.read_text()
    assert old in text, text
    path.write_text(text.replace(old, new))


def test_a_complete_catalog_passes_and_survives_an_update(room):
    assert texts.check() == []
    before = texts.catalog_path(room).read_text()
    assert texts.update(room) == 0
    assert texts.catalog_path(room).read_text() == before


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"Abierto"', '""', "has no translation"),
        ('"Lote %(name)s"', '"Lote %(nombre)s"', "other placeholders"),
        ('"Lote %(name)s"', '"Lote"', "other placeholders"),
        ('#: labels.py\nmsgid "Open"', '#: labels.py\n#, fuzzy\nmsgid "Open"', "fuzzy"),
        ('msgid "Open"\nmsgstr "Abierto"', "", "is missing"),
    ],
)
def test_a_planted_gap_is_caught(room, old, new, words):
    fill(room, old, new)
    (fault,) = texts.check()
    assert words in fault and "parking/" in fault


def test_a_word_of_dates_keeps_its_translation(room):
    (room / "labels.py").write_text("_('Open')\n_('May')\nngettext('%(count)s car', '%(count)s cars', n)\n")
    texts.update(room)
    fill(room, 'msgid "May"\nmsgstr ""', 'msgid "May"\nmsgstr "Puede"')
    (fault,) = texts.check()
    assert "May" in fault and "mayo" in fault


def test_two_rooms_must_translate_a_text_alike(room):
    other = room.parent / "garage"
    other.mkdir()
    (other / "apps.py").touch()
    (other / "labels.py").write_text("_('Open')\n")
    texts.update(other)
    fill(other, 'msgid "Open"\nmsgstr ""', 'msgid "Open"\nmsgstr "Abierta"')
    (fault,) = texts.check()
    assert "Abierta" in fault and "Abierto" in fault


def test_compiled_catalogs_are_what_django_reads(room):
    import gettext

    assert texts.compile_all(texts.HOUSE) == 1
    assert texts.compile_all(texts.HOUSE) == 0
    with texts.catalog_path(room).with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert compiled.gettext("Open") == "Abierto"
    assert compiled.ngettext("%(count)s car", "%(count)s cars", 1) == "un coche"
