"""Facts this room publishes: past tense, ids and codes only."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class ReferralSent:
    """A request was handed to somebody outside."""

    name: ClassVar[str] = "referrals.ReferralSent"
    referral_id: int
    number: str
    request_id: int
    agency: str
    way: str


@dataclass(frozen=True)
class ReferralAnswered:
    """The other side took it on, wrote, returned it or said it is done (`answer`)."""

    name: ClassVar[str] = "referrals.ReferralAnswered"
    referral_id: int
    number: str
    request_id: int
    answer: str


@dataclass(frozen=True)
class ReferralEnded:
    """We ended a referral: taken back, or the request was closed meanwhile."""

    name: ClassVar[str] = "referrals.ReferralEnded"
    referral_id: int
    number: str
    request_id: int
