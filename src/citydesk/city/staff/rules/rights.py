"""Decisions about rights and sign-in. Pure: no database, clock or framework."""

from decimal import Decimal

from citydesk.city.staff.choices import LONGEST_DELAY
from citydesk.kernel.actors import Access


def within_limit(access: Access, amount: Decimal, limit_code: str) -> bool:
    """Whether the person's authority limit for this kind of decision covers `amount` (dollars)."""
    limit = access.limits.get(limit_code)
    return limit is not None and amount <= Decimal(limit)


def may_approve(
    access: Access, *, requested_by_id: int | None, amount: Decimal | None = None, limit_code: str = ""
) -> bool:
    """Whether the person may approve an act: never their own, and within their authority limit if one is named.

    `requested_by_id` is the staff member who asked for the act; None means the system or a resident asked.
    """
    if not access.actor.is_staff or access.actor.staff_id == requested_by_id:
        return False
    if not limit_code:
        return True
    return within_limit(access, amount if amount is not None else Decimal(0), limit_code)


def may_grant(*, granter_id: int | None, holder_id: int) -> bool:
    """Who grants or approves a role is not the one who gets it."""
    return granter_id != holder_id


def sign_in_delay(failures: int) -> int:
    """Seconds to wait after the given number of failed attempts in a row: 0, 0, 1, 2, 4, ... at most 15 minutes.

    Two slips of the finger cost nothing; a guesser is down to four tries an hour after a dozen.
    """
    if failures < 3:
        return 0
    return min(2 ** min(failures - 3, 20), LONGEST_DELAY)
