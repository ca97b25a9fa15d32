"""What the profile in force tells of an invented year: its rhythm, its words, what people ask."""

from collections.abc import Mapping, Sequence
from typing import Any

from citydesk.city.profile import queries as profile
from citydesk.kernel.clock import utc_now
from config.demo.rhythm import Rhythm


def rhythm() -> Rhythm:
    """How often what is reported, in the profile's order; without services where the profile tells of no year."""
    rows = _ordered("sample_year")
    return Rhythm(
        services={code: (body["share"], body["peak"], float(body["swing"])) for code, body in rows.items()},
        storm={code: body["storm"] for code, body in rows.items() if body["storm"]},
    )


def lines(service: str, language: str) -> list[str]:
    """How people say it; empty where the profile has no words of theirs."""
    return list(_entries("sample_year").get(service, {}).get("said", {}).get(language, ()))


def questions() -> list[tuple[str, Mapping[str, str]]]:
    """What people ask that an article answers: its code, the question by language."""
    return [(code, body["question"]) for code, body in _ordered("sample_questions").items()]


def results(service: str) -> list[str]:
    """What is said when it is done; empty where the profile has no words for it."""
    return list(_entries("sample_year").get(service, {}).get("done", ()))


def goes_to_crew(service: str) -> bool:
    """Whether a crew goes out for it in this year, also where the city's catalog asks for no work order."""
    return bool(_entries("sample_year").get(service, {}).get("crew"))


def stories(kind: str) -> list[dict[str, Any]]:
    """What happens in the last weeks of this year, of one kind, in the profile's order; empty where nothing is told."""
    return [body for body in _ordered("sample_stories").values() if body["kind"] == kind]


def story(kind: str) -> dict[str, Any]:
    """The first story of a kind; empty where there is none."""
    return next(iter(stories(kind)), {})


def reported(desk: str) -> list[tuple[str, int]]:
    """Service and hours before the end of what lies on one of the sample desks."""
    rows = _entries("sample_stories").get(f"desk-{desk}", {}).get("reported", ())
    return [(one["service"], one["hours"]) for one in rows]


def known(section: str, codes: Sequence[str]) -> list[str]:
    """Which of some codes of a section the city has."""
    return [code for code in codes if code in _entries(section)]


def interpreter_for(language: str) -> str:
    """The name of who interprets a language, as the desk's form keeps it; empty where the profile names nobody."""
    return next((body["name"] for body in _entries("interpreters").values() if language in body["languages"]), "")


def _ordered(section: str) -> dict[str, Any]:
    return dict(sorted(_entries(section).items(), key=lambda one: (one[1]["order"], one[0])))


def _entries(section: str) -> dict[str, Any]:
    return profile.entries(section, profile.city_today(utc_now()))
