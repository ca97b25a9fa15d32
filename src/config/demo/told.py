"""What the profile in force tells of an invented year: its rhythm, its words, what people ask."""

from collections.abc import Mapping
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


def known_or_other(code: str, at: int) -> str:
    """The code if the city has it, else another it reports often; always the same for the same `at`."""
    if code in _entries("services"):
        return code
    often = list(_ordered("sample_year"))
    return often[at % len(often)]


def interpreter_for(language: str) -> str:
    """Who interprets a language; empty where the profile names nobody."""
    return next((code for code, body in _entries("interpreters").items() if language in body["languages"]), "")


def _ordered(section: str) -> dict[str, Any]:
    return dict(sorted(_entries(section).items(), key=lambda one: (one[1]["order"], one[0])))


def _entries(section: str) -> dict[str, Any]:
    return profile.entries(section, profile.city_today(utc_now()))
