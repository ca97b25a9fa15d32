"""Who may say yes. Nobody to their own act; each within their limits; two people where the class says so.

Amounts are dollars as `Decimal`. A class of complaints names, for each kind of offer, above which sum how many people
must agree; a role's authority limits name the sum its holder may decide. Each approver counts once. The plan stands
when enough people agreed and, for every kind, one of them has a limit that covers its sum.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from citydesk.contact.complaints.choices import LIMIT, MONEY_KINDS
from citydesk.kernel.money import ZERO


@dataclass(frozen=True)
class Level:
    """More than `over` dollars of a kind need `people` different approvers."""

    kind: str
    over: Decimal
    people: int


class Verdict(StrEnum):
    """What an approval leads to."""

    STANDS = "stands"
    ONE_MORE = "one_more"  # too few people so far
    HIGHER = "higher"  # enough people, none with the authority


class Refusal(StrEnum):
    """Why somebody may not approve."""

    OWN_ACT = "own_act"
    TWICE = "twice"
    NO_AUTHORITY = "no_authority"
    FIRST_DECISION = "first_decision"


def sums_of(offers: Iterable[tuple[str, Decimal | None]]) -> dict[str, Decimal]:
    """The sum of each kind that is an amount: `[("credit", 100), ("credit", 50)]` -> `{"credit": 150.00}`."""
    sums: dict[str, Decimal] = {}
    for kind, amount in offers:
        if kind in MONEY_KINDS:
            sums[kind] = sums.get(kind, ZERO) + (amount or ZERO)
    return sums


def people_needed(levels: Iterable[Level], sums: Mapping[str, Decimal]) -> int:
    """How many different people must agree: the most that any kind's sum asks for, at least one."""
    asked = [one.people for one in levels if sums.get(one.kind, ZERO) > one.over]
    return max([1, *asked])


def covers(limits: Mapping[str, str], kind: str, amount: Decimal) -> bool:
    """Whether somebody's authority limits cover an amount of a kind."""
    limit = limits.get(LIMIT.format(kind=kind))
    return limit is not None and amount <= Decimal(limit)


def may_approve(
    *,
    person_id: int | None,
    own_acts_of: Collection[int | None],
    approved_by: Collection[int],
    limits: Mapping[str, str],
    sums: Mapping[str, Decimal],
    first_decision: Collection[int | None] = (),
) -> Refusal | None:
    """Why the person may not approve, None if they may.

    Who proposed or handles it never approves; nobody approves twice; who answered for the first decision
    (`first_decision`, while the letter about its appeal waits) does not approve that. For money somebody needs a limit
    of that kind, if only a small one: they then count as one of two.
    """
    if person_id is None or person_id in own_acts_of:
        return Refusal.OWN_ACT
    if person_id in approved_by:
        return Refusal.TWICE
    if person_id in first_decision:
        return Refusal.FIRST_DECISION
    if any(LIMIT.format(kind=kind) not in limits for kind, amount in sums.items() if amount > ZERO):
        return Refusal.NO_AUTHORITY
    return None


def verdict(*, approvers: Sequence[Mapping[str, str]], levels: Iterable[Level], sums: Mapping[str, Decimal]) -> Verdict:
    """Whether the plan stands with the limits of those who agreed, the newest among them."""
    if len(approvers) < people_needed(levels, sums):
        return Verdict.ONE_MORE
    for kind, amount in sums.items():
        if amount > ZERO and not any(covers(limits, kind, amount) for limits in approvers):
            return Verdict.HIGHER
    return Verdict.STANDS


def may_decide_appeal(*, person_id: int | None, took_part: Collection[int | None]) -> bool:
    """An appeal is decided by somebody who had no part in the first decision."""
    return person_id is not None and person_id not in took_part
