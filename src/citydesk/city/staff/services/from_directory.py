"""Roles and sessions as the city's own directory says: its groups give roles, its word ends sessions."""

from collections.abc import Collection
from datetime import datetime

from allauth.socialaccount.models import SocialAccount
from django.db import transaction

from citydesk.city.staff.models import RoleGrant
from citydesk.city.staff.queries.days import city_date
from citydesk.city.staff.services.loading import locked_user
from citydesk.city.staff.services.people import end_sessions
from citydesk.city.staff.services.rights import grant_role, revoke_role
from citydesk.kernel.actors import SYSTEM_ACCESS

# The mark of a grant that the directory made and may take back; grants that people made are theirs.
BY_DIRECTORY = "city directory"


def follow_directory(*, user_id: int, roles: Collection[str], now: datetime) -> tuple[list[str], list[str]]:
    """Give the roles that the person's groups stand for and take back those that they stood for; (given, taken).

    What a person gave by hand stays. Raises `NotFound` for a role that the profile does not have.
    """
    with transaction.atomic():
        user = locked_user(user_id)
        today = city_date(now)
        held = RoleGrant.objects.filter(user=user, valid__contains=today, department=None).select_related("role")
        codes = {grant.role.code for grant in held}
        given = sorted(set(roles) - codes)
        for code in given:
            grant_role(user_id=user_id, role=code, reason=BY_DIRECTORY, access=SYSTEM_ACCESS, now=now)
        taken = [grant for grant in held if grant.reason == BY_DIRECTORY and grant.role.code not in roles]
        for grant in taken:
            revoke_role(grant_id=grant.pk, reason=BY_DIRECTORY, access=SYSTEM_ACCESS, now=now)
    return given, sorted(grant.role.code for grant in taken)


def end_sessions_of_identity(*, provider: str, issuer: str, subject: str, now: datetime) -> bool:
    """The directory says that somebody has left or signed out: all their sessions end. False for a stranger."""
    account = SocialAccount.objects.filter(provider=provider, uid=f"{issuer} {subject}").first()
    if account is None:
        return False
    end_sessions(user_id=account.user_id, access=SYSTEM_ACCESS, now=now)
    return True
