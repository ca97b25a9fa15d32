"""`citydesk user create|lock|enable|reset|grant`: sign-ins, from the machine itself.

`disable` is another word for `lock`. Exit codes: 0 done, 2 wrong use, 3 refused (no such person or role), 4 no
database.
"""

import argparse
import sys
from typing import Any


def register(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="verb", required=True)
    create = verbs.add_parser("create", help="make an account and print the link to set its password")
    create.add_argument("username")
    create.add_argument("--name", required=True, help="as it is shown in histories")
    create.add_argument("--email", default="")
    create.add_argument("--role", action="append", default=[], help="role code; may be given more than once")
    create.add_argument("--language", default="en", help="language of the pages (default en)")
    create.set_defaults(run=run_create)
    reset = verbs.add_parser("reset", help="take the password away and print the link to set a new one")
    reset.add_argument("--password-stdin", action="store_true", help="set the password read from standard input")
    reset.set_defaults(run=run_reset)
    disable = verbs.add_parser("lock", aliases=["disable"], help="end a person's access; open sessions end at once")
    disable.set_defaults(run=run_disable)
    enable = verbs.add_parser("enable", help="open a disabled account again")
    enable.set_defaults(run=run_enable)
    grant = verbs.add_parser("grant", help="give a role")
    grant.add_argument("role")
    grant.add_argument("--department", default="")
    grant.set_defaults(run=run_grant)
    for verb in (reset, disable, enable, grant):
        verb.add_argument("username")
    for verb in (disable, enable):
        verb.add_argument("--reason", required=True, help="kept in the history")


def rights() -> dict[str, Any]:
    """The operator at the machine acts as the system; the history says so."""
    from config.cli.main import set_up_django

    set_up_django()
    from citydesk.kernel.actors import SYSTEM_ACCESS
    from citydesk.kernel.clock import utc_now

    return {"access": SYSTEM_ACCESS, "now": utc_now()}


def id_of(username: str) -> int:
    """The account's id. Raises `NotFound`."""
    from citydesk.city.staff.queries import user_by_username

    return int(user_by_username(username).id)


def link(path: str) -> str:
    from django.conf import settings

    return f"{settings.SITE_URL}{path}"


def run_create(given: argparse.Namespace, console: Any) -> int:
    acting = rights()
    from django.db import transaction

    from citydesk.city.staff import services

    with transaction.atomic():
        user_id = services.create_user(
            username=given.username, name=given.name, email=given.email, language=given.language, **acting
        )
        for role in given.role:
            services.grant_role(user_id=user_id, role=role, reason="command line", **acting)
        url = link(services.reset_password(user_id=user_id, **acting))
    result = {"username": given.username, "id": user_id, "roles": given.role, "set_password_at": url}
    console.report(result, f"{given.username} was created. Within 30 minutes, set the password at:\n{url}")
    return 0


def run_reset(given: argparse.Namespace, console: Any) -> int:
    acting = rights()
    from citydesk.city.staff import services

    user_id = id_of(given.username)
    if given.password_stdin:
        services.set_password(user_id=user_id, password=sys.stdin.readline().rstrip("\n"), **acting)
        console.report({"username": given.username, "password": "set"}, f"The password of {given.username} was set.")
        return 0
    url = link(services.reset_password(user_id=user_id, **acting))
    console.report(
        {"username": given.username, "set_password_at": url},
        f"{given.username} is signed out everywhere. Within 30 minutes, set the password at:\n{url}",
    )
    return 0


def run_disable(given: argparse.Namespace, console: Any) -> int:
    acting = rights()
    from citydesk.city.staff import services

    services.disable_user(user_id=id_of(given.username), reason=given.reason, **acting)
    console.report({"username": given.username, "is_active": False}, f"{given.username} is disabled and signed out.")
    return 0


def run_enable(given: argparse.Namespace, console: Any) -> int:
    acting = rights()
    from citydesk.city.staff import services

    services.enable_user(user_id=id_of(given.username), reason=given.reason, **acting)
    console.report({"username": given.username, "is_active": True}, f"{given.username} may sign in again.")
    return 0


def run_grant(given: argparse.Namespace, console: Any) -> int:
    acting = rights()
    from citydesk.city.staff import services

    user_id = id_of(given.username)
    services.grant_role(user_id=user_id, role=given.role, department=given.department, reason="command line", **acting)
    console.report({"username": given.username, "role": given.role}, f"{given.username} has the role {given.role}.")
    return 0
