"""What the holder of a tracking link does to their report. The link is the right; each act is one transaction below."""

from datetime import datetime

from django.utils.translation import gettext as _

from citydesk.city.correspondence import services as correspondence
from citydesk.city.customers import rules as customer_rules
from citydesk.contact.service_requests import services as requests
from citydesk.contact.service_requests.queries.tracked import Tracked, find_follower, get_tracked
from citydesk.kernel import outbox
from citydesk.kernel.actors import RESIDENT, Access, EveryPermission
from citydesk.kernel.errors import Invalid, NotAllowed
from citydesk.kernel.numbering import parse_number
from citydesk.kernel.throttle import throttle
from citydesk.management.quality import services as quality

_RESIDENT_ACCESS = Access(RESIDENT, EveryPermission())
# A link sent again: enough for somebody who looks for it, too little to bother anybody with it.
_PER_NETWORK, _PER_ADDRESS, _HOUR = 10, 3, 3600


def answer(*, token: str, text: str, now: datetime) -> None:
    """The reporter answers or adds something. Raises `Invalid` without words, `NotFound`, `NotAllowed`."""
    found = _own(token)
    requests.answer_by_resident(request_id=found.request_id, text=text, actor=RESIDENT, now=now)


def reopen(*, token: str, reason: str, now: datetime) -> None:
    """The reporter says it is not done. Raises `Invalid` without a reason, `Conflict` when it is too late."""
    found = _own(token)
    if not reason.strip():
        raise Invalid(_("Say what is still wrong."), field="reason")
    requests.reopen_by_resident(request_id=found.request_id, reason=reason, actor=RESIDENT, now=now)


def say_settled(*, token: str, answer: str, language: str, now: datetime) -> None:
    """The reporter answers the question about their first contact. Raises `Invalid` without a choice, `NotFound` where
    nothing was asked, `Conflict` when it was answered, `NotAllowed` for others."""
    found = _own(token)
    quality.answer_question(follower_id=found.follower_id, answer=answer, language=language, now=now)


def withdraw(*, token: str, reason: str, now: datetime) -> None:
    """The reporter takes it back. Raises `NotAllowed` for others, `Conflict` when it is closed."""
    found = _own(token)
    requests.withdraw_by_resident(
        request_id=found.request_id, reason=reason.strip() or "withdrawn by link", actor=RESIDENT, now=now
    )


def stop_messages(*, token: str, now: datetime) -> None:
    """Messages end, the page stays: a person who is not written to any more still finds their report."""
    found = get_tracked(token, language="en")
    if found.follower_id is None:
        return
    if found.is_reporter:
        requests.change_reach(
            follower_id=found.follower_id,
            channel="none",
            to="",
            language=found.language,
            access=_RESIDENT_ACCESS,
            now=now,
        )
    else:
        requests.unfollow_by_token(token=token, actor=RESIDENT, now=now)


def change_reach(*, token: str, channel: str, to: str, has_consent: bool, language: str, now: datetime) -> None:
    """Be told by another way from now on. Raises `Invalid` at `to` or `consent`, `NotAllowed` for an unnamed report."""
    found = get_tracked(token, language=language)
    if found.follower_id is None:
        raise NotAllowed(_("This report was sent without a name. Nobody can be written to."))
    if channel == "sms":
        if not has_consent:
            raise Invalid(_("Tick that we may send texts to this number, or choose another way."), field="consent")
        to = customer_rules.read_phone(to).e164
        correspondence.record_consent(phone=to, how="web form", actor=RESIDENT, now=now)
    else:
        channel, to = "email", customer_rules.read_email(to)
    requests.change_reach(
        follower_id=found.follower_id, channel=channel, to=to, language=language, access=_RESIDENT_ACCESS, now=now
    )


def send_link_again(*, number: str, contact: str, network: str, now: datetime) -> None:
    """Send the link of a report to the address it was reported with. Says nothing about whether there is one.

    Raises `TooMany` for a network or an address that asks too often.
    """
    throttle(f"portal.find {network}", limit=_PER_NETWORK, per_seconds=_HOUR, now=now)
    known, to = parse_number(number[:40]), _addresses(contact)
    if not known or not to:
        return
    throttle(f"portal.find to {to[0].lower()}", limit=_PER_ADDRESS, per_seconds=_HOUR, now=now)
    found = find_follower(known, to)
    if found is None:
        return
    # By a job: the page answers alike and as fast whether or not there is such a report.
    outbox.defer("portal.send_link", row_id=found[0], follower_id=found[1], asked=int(now.timestamp()))


def send_link(*, request_id: int, follower_id: int, asked: int, now: datetime) -> None:
    """Write to a follower at the address they gave, with their link. One message per time it was asked for."""
    requests.tell_people(
        request_id=request_id,
        template="link",
        happening=f"link:{asked}",
        only_follower_id=follower_id,
        now=now,
    )


def _addresses(contact: str) -> tuple[str, ...]:
    try:
        if "@" in contact:
            return tuple(dict.fromkeys((customer_rules.read_email(contact), contact.strip())))
        return (customer_rules.read_phone(contact).e164,)
    except Invalid:
        return ()


def _own(token: str) -> Tracked:
    found = get_tracked(token, language="en")
    if not found.is_reporter:
        raise NotAllowed(_("Only the person who reported this can do that."))
    return found
