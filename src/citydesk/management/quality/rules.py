"""When somebody is asked, for how long they may answer, and how answers are counted. Pure."""

from datetime import datetime, timedelta

# The words of the question: changed words are another version, and its answers are counted apart.
VERSION = 1
# One question to one person in so many days, whatever they wrote or called about meanwhile.
QUIET = timedelta(days=30)
# So long the question stands behind the link.
OPEN = timedelta(days=30)
# A share of fewer answers says nothing, and may tell who gave them.
FEWEST_ANSWERS = 10
# Taken back by who reported it, or told under another number: nothing was settled that could be asked about.
_NOT_ASKED = frozenset({"withdrawn", "duplicate"})


def may_ask(*, reason: str, last_asked_at: datetime | None, now: datetime) -> bool:
    """Whether who reported a request closed for `reason` is asked, having been asked at `last_asked_at` before."""
    return reason not in _NOT_ASKED and (last_asked_at is None or now - last_asked_at >= QUIET)


# Of each contact after which somebody was asked what became of it, on the day of the contact (as the other two ways to
# tell a first contact): the third of them.
BY_ANSWER = (
    "FROM (SELECT (c.received_at AT TIME ZONE %(zone)s)::date AS day, "
    "extract(hour FROM c.received_at AT TIME ZONE %(zone)s)::int AS hour, c.interaction_id, c.channel, c.reason_code, "
    "c.language, c.district, coalesce(a.answer, CASE WHEN v.ends_at > %(now)s THEN 'open' ELSE 'silent' END) AS fate "
    "FROM quality_invitation v JOIN interactions_contactfact c ON c.interaction_id = v.interaction_id "
    "LEFT JOIN quality_response a ON a.invitation_id = v.id WHERE v.instrument = 'first_contact' "
    "AND c.received_at >= %(from)s AND c.received_at < %(to)s) f WHERE true {filters}"
)
