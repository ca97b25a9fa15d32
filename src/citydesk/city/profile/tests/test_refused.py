"""A broken profile is refused whole, with file, line and reason."""

import pytest

from citydesk.city.profile import services
from citydesk.city.profile.rules import ProfileRefused, run_examples, validate
from citydesk.city.profile.tests.factories import CALENDARS, CITY, KPIS, small_folder
from citydesk.kernel.registries import registries

KPI_LINES = KPIS.count("\n") + 1


def problems_of(changes: dict[str, str]) -> list[str]:
    with pytest.raises(ProfileRefused) as refused:
        services.check_folder(folder=small_folder(changes))
    return [str(problem) for problem in refused.value.problems]


def second_kpi(text: str) -> dict[str, str]:
    """The small profile's kpis.toml with a second, broken entry; its header is on line `KPI_LINES`."""
    return {"kpis.toml": KPIS + text}


GOOD = """[kpi.second]
name = {en = "Second", es = "Segunda"}
measure = "x"
target = 3
unit = "hours"
direction = "at_most"
"""


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            second_kpi(GOOD.replace("target = 3", "targte = 3")),
            [
                "kpis.toml:8: kpi.second: target is missing",
                "kpis.toml:11: kpi.second: targte is not known here (did you mean target?)",
            ],
        ),
        (
            second_kpi(GOOD.replace(', es = "Segunda"', "")),
            ["kpis.toml:9: kpi.second: name has no text in es"],
        ),
        (
            second_kpi(GOOD.replace('"hours"', '"hour"')),
            ["kpis.toml:12: kpi.second: unit is hour, not one of percent, hours, seconds, count (did you mean hours?)"],
        ),
        (
            second_kpi(GOOD.replace("target = 3", 'target = "3"')),
            ["kpis.toml:11: kpi.second: target must be a number"],
        ),
        (
            second_kpi(GOOD.replace("target = 3", "target = -3")),
            ["kpis.toml:11: kpi.second: target must be at least 0"],
        ),
        (
            second_kpi(GOOD.replace("target = 3", "target = 3, 4")),
            ["kpis.toml:11: this is not valid TOML: Expected newline or end of document after a statement"],
        ),
        (
            second_kpi(GOOD + GOOD),
            ["kpis.toml:14: this is not valid TOML: Cannot declare ('kpi', 'second') twice"],
        ),
        (
            second_kpi(GOOD.replace("[kpi.second]", "[[kpi.second]]\nvalid_until = 2026-06-30"))
            | {"kpis.toml": KPIS + 2 * GOOD.replace("[kpi.second]", "[[kpi.second]]\nvalid_from = 2026-06-30")},
            ["kpis.toml:15: second is in force twice from 2026-06-30: its period overlaps the one at kpis.toml:8"],
        ),
        (
            second_kpi(GOOD + "valid_from = 2026-06-30\nvalid_until = 2026-06-01\n"),
            ["kpis.toml:15: kpi.second: valid_until is before valid_from"],
        ),
        (
            second_kpi(GOOD.replace("target = 3", 'target = {value = 3, status = "borrowed", source = "a page"}')),
            ["kpis.toml:11: kpi.second: target is borrowed but names no lender"],
        ),
        (
            second_kpi(GOOD.replace("kpi.second", "kpi.Second")),
            ["kpis.toml:8: Second is no code: use a-z, 0-9, _ and -, at most 40 characters"],
        ),
        (
            second_kpi("[kip.third]\nx = 1\n"),
            ["kpis.toml:8: kip is not known here (did you mean kpi?)"],
        ),
        (
            {"calendars.toml": CALENDARS.replace('holidays = "city"', 'holidays = "citty"')},
            ["calendars.toml:11: calendar.office: holidays names citty, which is not in holidays (did you mean city?)"],
        ),
        (
            {"calendars.toml": CALENDARS.replace('monday = "08:00-12:00, 13:00-17:00"', 'monday = "08:00-25:00"')},
            ["calendars.toml:13: calendar.office.hours: monday not hours: 08:00-25:00"],
        ),
        (
            {"calendars.toml": CALENDARS.replace("fourth Thursday of", "forth Thursday of")},
            [
                "calendars.toml:5: holidays.city.days.0: rule not a holiday rule: forth Thursday of November",
            ],
        ),
        (
            {"city.toml": CITY.replace("America/New_York", "America/Smallville")},
            ["city.toml:6: city: timezone is no time zone: America/Smallville"],
        ),
        (
            {"city.toml": CITY.replace("map_center = [35.05", "map_center = [36.05")},
            ["city.toml:13: city: map_center lies outside map_bounds"],
        ),
    ],
)
def test_each_mistake_is_named_with_its_file_and_line(changes, expected):
    assert problems_of(changes) == expected


def test_all_mistakes_are_named_at_once():
    broken = {**second_kpi(GOOD.replace('"hours"', '"hour"')), "city.toml": CITY.replace('"TN"', '""')}
    assert [one.split(" ")[0] for one in problems_of(broken)] == ["city.toml:5:", "kpis.toml:12:"]


def test_a_file_that_no_room_reads_is_named():
    checked = services.check_folder(folder=small_folder({"kpi.toml": "", "expected/due.toml": "", "README.md": "x"}))
    assert checked.unread == ("kpi.toml",)


@pytest.mark.django_db
def test_nothing_is_written_of_a_broken_profile():
    from citydesk.city.profile.models import ProfileEntry
    from citydesk.city.profile.tests.factories import load_small

    with pytest.raises(ProfileRefused):
        load_small(second_kpi(GOOD.replace("target = 3", "")))
    assert not ProfileEntry.objects.exists()


def test_a_worked_example_that_differs_is_refused_with_both_values():
    text = '\n[[half]]\nname = "Half of nine"\ngiven = {number = 9}\nexpect = {result = 4.5, rest = 1}\n'
    checked = validate(small_folder({"expected/halves.toml": text}), list(registries.profile_sections.values()))

    def run(*, given, profile):
        return {"result": profile.city(profile_day).reopen_days * 0 + given["number"] / 2, "rest": 0}

    from datetime import date

    profile_day = date(2026, 11, 24)
    outcomes, problems = run_examples(checked.folder, checked.snapshot(), {"half": run})
    assert [str(one) for one in problems] == ["expected/halves.toml:2: Half of nine: rest should be 1 and is 0"]
    assert outcomes[0].differences == ("rest should be 1 and is 0",)
    _, unknown = run_examples(checked.folder, checked.snapshot(), {"halve": run})
    assert [str(one) for one in unknown] == ["expected/halves.toml:2: half is no kind of example (did you mean halve?)"]
