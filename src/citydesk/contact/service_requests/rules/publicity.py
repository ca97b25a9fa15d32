"""What of a request may be public. Nothing typed by staff or residents is, unless its service code says so.

The public reads in other people's rooms too (Open311 clients, the portal, the press), so what is decided here is the
only thing that may leave: text by rule, place reduced to the block, photos after review, a status that never says
"fixed" unless the work was done.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from citydesk.city.places.rules import block_in, public_point
from citydesk.contact.service_requests.choices import (
    CloseReason,
    PhotoRule,
    PublicPlace,
    PublicText,
    RequestState,
    ReviewState,
)

# Open311 readers get at most so much of a published text.
LONGEST_PUBLISHED = 4000


@dataclass(frozen=True)
class Rule:
    """What a service code allows to be public."""

    text: str = PublicText.SERVICE_NAME
    place: str = PublicPlace.BLOCK
    photos: str = PhotoRule.NONE


@dataclass(frozen=True)
class PublicPlaceView:
    """A place as the public sees it: a label and coordinates, both perhaps withheld."""

    label: str = ""
    lat: float | None = None
    lon: float | None = None
    is_exact: bool = False


def public_description(rule: Rule, *, typed: str, reviewed: str, review_state: str) -> str:
    """The words the public may read; empty for "nothing" and "service name only"."""
    if rule.text == PublicText.AS_TYPED:
        return (reviewed if review_state == ReviewState.REVIEWED else typed)[:LONGEST_PUBLISHED]
    if rule.text == PublicText.REVIEWED and review_state == ReviewState.REVIEWED:
        return reviewed[:LONGEST_PUBLISHED]
    return ""


def names_service(rule: Rule) -> bool:
    """Whether the public may know at all what the request is about."""
    return rule.text != PublicText.NOTHING


def public_place(
    rule: Rule, *, label: str, block_label: str, lat: float | None, lon: float | None, language: str = "en"
) -> PublicPlaceView:
    """The place as the code allows: exact, reduced to the block (its label, rounded point), or nothing."""
    if rule.place == PublicPlace.EXACT:
        return PublicPlaceView(label, lat, lon, is_exact=True)
    if rule.place == PublicPlace.BLOCK:
        if lat is None or lon is None:
            return PublicPlaceView(block_in(block_label, language))
        around = public_point(lat, lon)
        return PublicPlaceView(block_in(block_label, language), around[0], around[1])
    return PublicPlaceView()


def shows_photo(rule: Rule, *, is_reviewed: bool, is_public: bool) -> bool:
    """Photos are public after review, and only where the code says so."""
    return rule.photos == PhotoRule.AFTER_REVIEW and is_reviewed and is_public


def first_review_state(rule: Rule) -> ReviewState:
    """Where the public text of a new request starts: waiting for a reviewer if the code publishes reviewed text."""
    return ReviewState.PENDING if rule.text == PublicText.REVIEWED else ReviewState.NONE


# Codes of the sentences a resident reads about where a request stands; labels and templates hold the words.
_STATUS: Mapping[str, str] = {
    RequestState.OPEN: "received",
    RequestState.IN_PROGRESS: "in_progress",
    RequestState.ON_HOLD: "on_hold",
    RequestState.WAITING: "waiting_for_you",
    RequestState.REFERRED: "referred",
}
_CLOSED: Mapping[str, str] = {
    CloseReason.DONE: "closed_done",
    CloseReason.NOT_OURS: "closed_not_ours",
    CloseReason.NO_ACTION: "closed_no_action",
    CloseReason.DUPLICATE: "closed_duplicate",
    CloseReason.CANNOT_LOCATE: "closed_cannot_locate",
    CloseReason.WITHDRAWN: "closed_withdrawn",
}


def status_code(state: str, close_reason: str) -> str:
    """The code of the public sentence for a state; only work that was done is called done."""
    return _CLOSED[close_reason] if state == RequestState.CLOSED else _STATUS[state]
