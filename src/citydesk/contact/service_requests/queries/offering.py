"""What forms of the room let people choose from."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language

from citydesk.city.staff import queries as staff
from citydesk.contact.service_requests import labels
from citydesk.contact.service_requests.queries import policy


def team_choices() -> list[staff.TeamRow]:
    """Active teams by their name in the reader's language."""
    language = (get_language() or "en").split("-")[0]
    return policy.kept_for_profile(
        f"team_choices {language}", lambda: sorted(policy.teams_by_code().values(), key=lambda team: team.name)
    )


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
