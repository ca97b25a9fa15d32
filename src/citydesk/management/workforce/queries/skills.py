"""Skills that the slots of a group's week need, as the profile has them, and their names."""

from datetime import date

from django.utils.translation import get_language

from citydesk.city.profile import queries as profile
from citydesk.city.staff.rules import in_language
from citydesk.kernel.errors import NotFound
from citydesk.management.workforce.queries.groups import profile_settings_on
from citydesk.management.workforce.rules.skill_needs import SkillNeed


def skill_needs_on(code: str, on: date) -> tuple[SkillNeed, ...]:
    """What a group's slots need on a day; nothing for a group the profile of that day does not have."""
    try:
        return profile_settings_on(code, on).skills
    except NotFound:
        return ()


def skill_names(on: date) -> dict[str, str]:
    """Skill code to its name in the reader's language."""
    language = get_language() or ""
    return {
        code: in_language(body["name"], language, default=code) for code, body in profile.entries("skills", on).items()
    }
