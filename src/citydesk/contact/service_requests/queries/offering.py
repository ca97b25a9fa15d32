"""What forms of the room let people choose from."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import get_language

from citydesk.city.staff import queries as staff
from citydesk.contact.service_requests import labels
from citydesk.contact.service_requests.queries import policy


def team_choices() -> list[staff.TeamRow]:
    """Active teams by name."""
    return sorted(policy.teams_by_code().values(), key=lambda team: team.name)


def hold_reason_choices(now: datetime) -> list[tuple[str, str, str]]:
    """(code, words, proposed review as local date and time) of every reason for a hold."""
    language = (get_language() or "en").split("-")[0]
    return [
        (
            code,
            labels.in_language(one.names, language),
            timezone.localtime(now + timedelta(days=one.review_days)).strftime("%Y-%m-%d"),
        )
        for code, one in policy.hold_reasons(policy.today(now)).items()
        if code != "resident"
    ]
