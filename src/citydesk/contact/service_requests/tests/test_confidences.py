"""A profile is refused that lets every clerk read what is told in confidence."""

from pathlib import Path

import pytest
from django.conf import settings

from citydesk.city.profile import services
from citydesk.city.profile.rules import Folder, Item, validate
from citydesk.contact.service_requests.rules import confidences
from citydesk.contact.service_requests.services import deciding
from citydesk.kernel.registries import registries

LARGE = (".csv", ".geojson")


def entry(code: str, line: int, **body) -> Item:
    return Item(code, body, "services.toml", line)


def a_profile(**changes) -> dict[str, list[Item]]:
    """A desk of everybody, a board of few, one confidential code with the board."""
    return {
        "teams": [entry("desk", 1, all_clerks=True), entry("board", 2, all_clerks=False)],
        "services": [
            entry("feedback", 3, is_confidential=True, team="board", group="hall"),
            entry("question", 4, is_confidential=False, team="desk", group="hall"),
        ],
        **changes,
    }


def rule(**body) -> Item:
    return entry("first", 9, **{"team": "desk", "services": [], "groups": [], **body})


def test_a_confidential_code_goes_to_a_team_that_keeps_it():
    assert not confidences.check_codes(a_profile())
    open_to_all = a_profile(services=[entry("feedback", 3, is_confidential=True, team="desk", group="hall")])
    [problem] = confidences.check_codes(open_to_all)
    assert str(problem).startswith("services.toml:3: service.feedback is confidential, but every clerk reads what")


@pytest.mark.parametrize(
    ("body", "is_refused"),
    [
        ({}, True),
        ({"services": ["feedback", "question"]}, True),
        ({"groups": ["hall"], "channels": ["letter"]}, True),
        ({"services": ["question"]}, False),
        ({"groups": ["trees"]}, False),
        ({"team": "board"}, False),
        ({"team": ""}, False),
    ],
)
def test_no_rule_takes_it_to_everybody(body, is_refused):
    problems = confidences.check_rules(a_profile(routing=[rule(**body)]))
    assert [one.line for one in problems] == [9] * is_refused


def test_a_team_that_every_clerk_belongs_to_is_known_without_the_mark():
    roles = [entry("clerk", 5, permissions=["interactions.take"]), entry("worker", 6, permissions=[])]
    people = [
        entry("dana", 7, roles=["clerk"], teams=["floor", "board"]),
        entry("imre", 8, roles=["clerk"], teams=["floor"]),
        entry("alma", 9, roles=["worker"], teams=["board"]),
    ]
    on_the_floor = entry("feedback", 3, is_confidential=True, team="floor", group="hall")
    assert confidences.check_codes(a_profile(roles=roles, people=people, services=[on_the_floor]))
    assert not confidences.check_codes(a_profile(roles=roles, people=people))
    assert not confidences.check_codes(a_profile(roles=roles, people=people[:1]))


@pytest.mark.parametrize(
    ("city", "file", "was", "planted", "said"),
    [
        ("riverton", "services/city_hall.toml", 'team = "complaints_board"', 'team = "desk_311"', "employee_feedback"),
        ("chattanooga", "routing.toml", "desk_supervisors", "desk_311", "rule.driver_complaints takes"),
        ("chattanooga", "complaints.toml", "desk_supervisors", "desk_311", "class.conduct is restricted"),
    ],
)
def test_the_cities_keep_it_and_a_planted_slip_is_refused_by_file_and_line(city, file, was, planted, said):
    folder = services.read_folder(path=Path(settings.PROFILES_DIR) / city)
    texts = {name: text for name, text in folder.texts.items() if not name.endswith(LARGE)}
    assert was in texts[file]
    sections = list(registries.profile_sections.values())
    before = validate(Folder(city, texts), sections).problems
    after = validate(Folder(city, {**texts, file: texts[file].replace(was, planted)}), sections).problems
    [slip] = set(after) - set(before)
    assert slip.file == file and slip.line > 1 and said in slip.reason and "every clerk reads" in slip.reason


def test_who_calls_does_not_open_what_is_told_in_confidence(monkeypatch):
    """The team of an elected caller's class takes the request before every rule, a confidential one it does not."""
    from types import SimpleNamespace

    teams = {code: SimpleNamespace(id=at, department_id=at) for at, code in enumerate(("board", "desk"), 1)}
    monkeypatch.setattr(deciding.policy, "teams_by_code", lambda: teams)
    monkeypatch.setattr(deciding.policy, "routing_rules", lambda on: [])
    asked = {"districts": {}, "answers": {}, "urgency": "normal", "channel": "phone", "at": deciding.datetime.min}
    for is_confidential, team in ((False, "desk"), (True, "board")):
        service = SimpleNamespace(
            code="feedback", group="hall", team="board", department="", is_confidential=is_confidential
        )
        where = deciding.decide_route(service, **asked, on=deciding.date.min, to_team="desk")
        assert where.decision.team == team
