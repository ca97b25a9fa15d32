"""What forms of the room let people choose from."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language

from citydesk.city.staff import queries as staff
from citydesk.contact.service_requests import labels
from citydesk.contact.service_requests.queries import policy
from citydesk.kernel.texts import words_of


def team_choices() -> list[staff.TeamRow]:
    """Active teams by their name in the reader's language."""
    language = (get_language() or "en").split("-")[0]
    return policy.kept_for_profile(
        f"team_choices {language}", lambda: sorted(policy.teams_by_code().values(), key=lambda team: team.name)
    )


def standing_choices() -> dict[str, list[tuple[str, str]]]:
    """What the small forms of lists and pages let choose from all day, in the reader's language."""
    language = (get_language() or "en").split("-")[0]

    def make() -> dict[str, list[tuple[str, str]]]:
        teams = team_choices()
        return {
            "form_teams": [(str(one.id), one.name) for one in teams],
            "crews": [(str(one.id), one.name) for one in teams if one.kind != "office"],
            "many_reasons": [(c, words) for c, words in words_of(labels.CLOSE_REASONS).items() if c != "duplicate"],
        }

    return policy.kept_for_profile(f"standing_choices {language}", make)


def hold_reason_choices(now: datetime) -> list[tuple[str, str, str]]:
    """(code, words, proposed review as a day of the city) of every reason for a hold."""
    language = (get_language() or "en").split("-")[0]
    today = timezone.localtime(now).date()
    kept: dict[Any, list[tuple[str, str, str]]] = policy.kept_for_profile(f"hold_reason_choices {language}", dict)
    if today not in kept:
        kept.clear()
        kept[today] = [
            (code, labels.in_language(one.names, language), str(today + timedelta(days=one.review_days)))
            for code, one in policy.hold_reasons(policy.today(now)).items()
            if code != "resident"
        ]
    return kept[today]
