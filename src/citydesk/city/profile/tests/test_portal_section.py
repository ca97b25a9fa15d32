"""What the first page of the residents' site shows is checked like everything else: one thing a door, known codes."""

import pytest

from citydesk.city.profile.rules import Folder, Notes, Reading, parse_portal_quick, parse_portal_tiles

WORDS = 'name = {en = "Pay", es = "Pagar"}\ntext = {en = "By card.", es = "Con tarjeta."}\n'


def read(text: str, parse=parse_portal_tiles):
    notes = Notes(languages=("en", "es"))
    return parse(Reading("portal_tiles", ("portal.toml",), Folder("x", {"portal.toml": text}), notes)), notes


def test_a_door_to_a_page_needs_no_words_of_its_own():
    (door,), notes = read('[tile.track]\norder = 1\npage = "track"\n')
    assert not notes.problems
    assert (door.body["page"], door.body["name"], door.body["order"]) == ("track", {}, 1)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[tile.x]\n" + WORDS, "names 0 of page"),
        ('[tile.x]\npage = "track"\nlink = "https://a.example"\n' + WORDS, "names 2 of page"),
        ('[tile.x]\npage = "treck"\n', "did you mean track?"),
        ('[tile.x]\nlink = "http://a.example"\n' + WORDS, "begins with https://"),
        ('[tile.x]\nlink = "https://a.example"\n', "name is missing"),
        ('[tile.x]\npage = "track"\ntext = {en = "Only English."}\n', "no text in es"),
    ],
)
def test_a_door_that_does_not_hold_is_refused_with_its_reason(text, reason):
    _items, notes = read(text)
    assert any(reason in str(one) for one in notes.problems), [str(one) for one in notes.problems]


def test_what_is_named_at_once_is_known_once_and_little():
    (quick,), notes = read('[quick]\nservices = ["pothole"]\n', parse_portal_quick)
    assert quick.code == "quick" and [(one.section, one.code) for one in notes.references] == [("services", "pothole")]
    many = ", ".join(f'"a{n}"' for n in range(9))
    _items, notes = read(f'[quick]\narticles = [{many}]\nservices = ["a", "a"]\n', parse_portal_quick)
    assert len(notes.problems) == 2
