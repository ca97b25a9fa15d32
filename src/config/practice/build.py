"""Making a practice city: tables, the mark, the profile, invented people and a small invented year."""

import os
import secrets
from pathlib import Path
from typing import Any

REQUESTS = 150


def build(console: Any, folder: Path) -> list[dict[str, str]]:
    """Fill the empty database this process was started on; returns one sign-in for each role.

    The mark comes first: nothing that is made afterwards can leave. Nobody's data is copied from anywhere.
    """
    from config.cli.demo import build_year, load_profile
    from config.cli.main import set_up_django
    from config.cli.prepare import migrate

    set_up_django()
    from django.conf import settings

    from citydesk.kernel import practice
    from citydesk.kernel.clock import utc_now

    if not settings.PRACTICE:
        raise SystemExit("This is a part of: citydesk practice create")
    migrate(console)
    practice.mark(profile=folder.name, now=utc_now())
    load_profile(folder, console)
    from citydesk.city.staff import queries as staff

    return build_year(console) if staff.list_people() else make_people()


def make_people() -> list[dict[str, str]]:
    """For a profile that names no people: one invented person for each role, and an empty city to practice in."""
    from citydesk.city.staff import queries as staff
    from citydesk.city.staff import services
    from citydesk.kernel.actors import SYSTEM_ACCESS
    from citydesk.kernel.clock import utc_now

    now, made = utc_now(), []
    for role in staff.list_roles(now):
        name = f"practice_{role.code}"
        user_id = services.create_user(
            username=name, name=f"Practice {role.code}", is_sample=True, access=SYSTEM_ACCESS, now=now
        )
        services.grant_role(user_id=user_id, role=role.code, reason="practice", access=SYSTEM_ACCESS, now=now)
        services.set_password(user_id=user_id, password=password(), access=SYSTEM_ACCESS, now=now)
        made.append({"role": role.code, "username": name, "password": password()})
    return made


def password() -> str:
    """The one password of a practice city."""
    return os.environ.get("CITYDESK_DEMO_PASSWORD") or "counter-window-seven"


def new_password() -> str:
    """The sample one for a demo; for a city that is reachable, one nobody can look up."""
    is_production = os.environ.get("CITYDESK_ENV") == "production"
    return f"practice-{secrets.token_hex(6)}" if is_production else "counter-window-seven"
