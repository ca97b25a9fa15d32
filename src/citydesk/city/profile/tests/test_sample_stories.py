"""Stories of the sample year are checked like everything else: known kinds, known codes, marked as samples."""

import pytest

from citydesk.city.profile.rules import Folder, Notes, Reading, parse_sample_stories, parse_sample_year

BULLETIN = '[bulletin.lines]\ntext = "Lines are down."\nservice = "tree_down"\nhours = 9\nsample = true\n'


def read(text, parse=parse_sample_stories):
    notes = Notes(languages=("en", "es"))
    return parse(Reading("sample_stories", ("s.toml",), Folder("x", {"s.toml": text}), notes)), notes


def test_a_story_is_known_by_its_kind_and_its_code_and_names_codes_of_the_city():
    (story,), notes = read(BULLETIN)
    assert not notes.problems
    assert (story.code, story.body["kind"], story.body["hours"]) == ("bulletin-lines", "bulletin", 9)
    assert [(one.section, one.code) for one in notes.references] == [("services", "tree_down")]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (BULLETIN.replace("sample = true\n", ""), "sample is true only"),
        (BULLETIN.replace("hours = 9\n", ""), "hours is missing"),
        (BULLETIN.replace("hours", "hour"), "did you mean hours?"),
        ("[desk.mayor]\nreported = []\nsample = true\n", "is not one of clerk, office, crew, nobody, late"),
        ('[spot.x]\nservice = "pothole"\ndays = [400]\nsample = true\n', "days must be a list of days"),
        (
            '[referral.x]\nservice = "a"\nagency = "b"\ndays = 1\nwords = "c"\nanswer = "maybe"\nsample = true\n',
            "maybe",
        ),
    ],
)
def test_a_story_that_does_not_hold_is_refused_with_its_reason(text, reason):
    _items, notes = read(text)
    assert any(reason in str(one) for one in notes.problems), [str(one) for one in notes.problems]


def test_a_year_tells_what_is_said_when_it_is_done_and_whether_a_crew_goes_out():
    text = '[year.pothole]\nshare = 9\ndone = ["Patched."]\ncrew = true\nsample = true\n'
    (one,), notes = read(text, parse_sample_year)
    assert not notes.problems
    assert (one.body["done"], one.body["crew"]) == (["Patched."], True)
