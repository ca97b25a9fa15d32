"""The catalog of contact-center metrics: what is divided by what, in words and in sums, with a version.

A metric is computed from sums alone, so a day, a month or several queues together are the sums of their slots. When the
text or the sums of one change, its version goes up, and `DEFINITIONS` with it; facts keep the version they were
counted under.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from citydesk.contact.traffic.rules.service_level import Ratio

DEFINITIONS = 2


@dataclass(frozen=True, kw_only=True)
class Metric:
    """`numerator` and `denominator` name sums; one with a minus is taken off. No denominator: the sum is the value.

    `unit` is "percent", "seconds" or "count". `kept_by` is the room whose facts hold the sums. `is_inverse`: the value
    is one less the share. `of_calls`: the sums are those of calls received, of no queue.
    """

    code: str
    unit: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...] = ()
    text: str
    kept_by: str = "traffic"
    is_inverse: bool = False
    version: int = 1
    of_calls: bool = False

    @property
    def is_of_queue(self) -> bool:
        """Whether it is computed of a queue from the facts of this room."""
        return self.kept_by == "traffic" and not self.of_calls


def _calls(code: str, text: str, *above: str, below: tuple[str, ...] = (), unit: str = "count") -> Metric:
    return Metric(code=code, unit=unit, numerator=above, denominator=below, text=text, of_calls=True)


_HANDLE = ("talk_s", "hold_s", "acw_s")
_BUSY = ("on_contact_s", "on_hold_s", "after_s")
_IDLE = ("available_s", "ringing_s")
_ALL = (
    Metric(
        code="offered",
        unit="count",
        numerator=("offered",),
        text="Contacts that entered the queue in the interval, short abandons among them; not those that ended in the"
        " greeting.",
    ),
    Metric(
        code="answered",
        unit="count",
        numerator=("answered",),
        text="Contacts connected to an agent, counted in the interval in which they entered.",
    ),
    Metric(
        code="abandoned",
        unit="count",
        numerator=("abandoned",),
        text="Callers who left while they waited, at or after the short-abandon time. A callback asked for is none.",
    ),
    Metric(
        code="short_abandoned",
        unit="count",
        numerator=("short_abandoned",),
        text="Callers who left before the short-abandon time; shown apart.",
    ),
    Metric(
        code="abandon_rate",
        unit="percent",
        numerator=("abandoned",),
        denominator=("offered", "-short_abandoned"),
        text="Abandoned by offered without short abandons.",
    ),
    Metric(
        code="abandon_rate_of_offered",
        unit="percent",
        numerator=("abandoned",),
        denominator=("offered",),
        text="Abandoned by all offered: the variant other cities print.",
    ),
    Metric(
        code="asa",
        unit="seconds",
        numerator=("wait_answered_s",),
        denominator=("answered",),
        text="Mean wait of answered contacts. Those who left are not in it: read it beside median and 90th percentile.",
    ),
    Metric(
        code="mean_wait",
        unit="seconds",
        numerator=("wait_all_s",),
        denominator=("offered", "-still_open"),
        text="Mean wait of all contacts that left the queue, answered or not.",
    ),
    Metric(
        code="aht",
        unit="seconds",
        numerator=_HANDLE,
        denominator=("handled",),
        text="Talk, hold and after-contact work by contacts handled to their end.",
    ),
    Metric(
        code="occupancy",
        unit="percent",
        numerator=_BUSY,
        denominator=(*_BUSY, *_IDLE),
        text="Time on contacts (talk, hold, after-contact work) by that time and idle time (available, ringing)."
        " Breaks, meals, meetings and other states are left out; several chats at once count once.",
    ),
    Metric(
        code="utilization",
        unit="percent",
        numerator=_BUSY,
        denominator=("logged_s",),
        text="Time on contacts by all time signed in to the switch.",
    ),
    Metric(
        code="transfer_rate",
        unit="percent",
        numerator=("transfers",),
        denominator=("answered",),
        text="Answered contacts passed on, blind or attended, by answered.",
    ),
    Metric(
        code="transfer_rate_internal",
        unit="percent",
        numerator=("transfers_internal",),
        denominator=("answered",),
        text="Answered contacts passed on to a queue or an agent of our own, by answered. It stayed with us: each such"
        " contact is offered again.",
        version=2,
    ),
    Metric(
        code="transfer_rate_external",
        unit="percent",
        numerator=("transfers_external",),
        denominator=("answered",),
        text="Answered contacts passed on to another office or another body, by answered.",
        version=2,
    ),
    Metric(
        code="transfer_rate_unknown",
        unit="percent",
        numerator=("transfers", "-transfers_internal", "-transfers_external"),
        denominator=("answered",),
        text="Answered contacts passed on to somebody whom neither the source nor the transfer directory names, by"
        " answered. The three together are the transfer rate.",
        version=2,
    ),
    Metric(
        code="not_taken_rate",
        unit="percent",
        numerator=("refusals",),
        denominator=("answered", "refusals"),
        text="Times it rang at somebody's place and nobody took it, by all times it rang. A caller who hung up while it"
        " rang is none of them.",
        version=2,
    ),
    Metric(
        code="hold_rate",
        unit="percent",
        numerator=("with_hold",),
        denominator=("handled",),
        text="Handled contacts that were put on hold, by handled; a source that tells no holds shows none.",
    ),
    Metric(
        code="adherence",
        unit="percent",
        numerator=("adherent_s",),
        denominator=("scheduled_s",),
        text="Scheduled seconds in which the actual state was of the scheduled kind, by scheduled seconds.",
        kept_by="workforce",
    ),
    Metric(
        code="conformance",
        unit="percent",
        numerator=("logged_s",),
        denominator=("scheduled_s",),
        text="Seconds signed in by scheduled seconds, whenever they were; another number than adherence.",
        kept_by="workforce",
    ),
    Metric(
        code="shrinkage",
        unit="percent",
        numerator=("for_contacts_s",),
        denominator=("paid_s",),
        text="One less the share of paid time that was there for contacts. People needed are the net by one less"
        " shrinkage, never the net times one and shrinkage.",
        kept_by="workforce",
        is_inverse=True,
    ),
    Metric(
        code="contacts_per_hour",
        unit="count",
        numerator=("handled",),
        denominator=("staffed_hours",),
        text="Handled contacts by hours there for contacts; never shown without what the mix of work lets expect.",
        kept_by="workforce",
    ),
    Metric(
        code="first_contact_resolution",
        unit="percent",
        numerator=("without_repeat",),
        denominator=("without_repeat", "came_again"),
        text="Contacts answered without a request, of customers who are known, without another contact of the same"
        " customer about the same matter within seven days, by those and the ones that had another. Left out: contacts"
        " of the last seven days, and those of nobody known. By repeat contacts alone, never averaged with the two"
        " below.",
        kept_by="interactions",
        version=2,
    ),
    Metric(
        code="first_contact_said",
        unit="percent",
        numerator=("said_settled",),
        denominator=("said_settled", "said_not_settled"),
        text="Contacts of which whoever took them said at the end that the matter is settled, by those of which it was"
        " said either way. Left out: where nothing was said, and contacts that nobody took. Nothing is waited for.",
        kept_by="interactions",
    ),
    Metric(
        code="first_contact_survey",
        unit="percent",
        numerator=("answered_settled",),
        denominator=("answered_settled", "answered_not_settled"),
        text="Residents who answered, within thirty days of their request's closing, that their matter was settled with"
        " their first contact, by all who answered. Left out: who did not answer, and who could not be asked; nobody is"
        " asked more than once in thirty days.",
        kept_by="quality",
    ),
    Metric(
        code="on_time_rate",
        unit="percent",
        numerator=("closed_on_time",),
        denominator=("due",),
        text="Requests closed within their target by requests due in the period; not by closed ones, which would leave"
        " out what is still open.",
        kept_by="service_requests",
    ),
    Metric(
        code="cost_per_contact",
        unit="count",
        numerator=("personnel", "overhead", "telecom"),
        denominator=("contacts",),
        text="Personnel, share of overhead and telecommunications by contacts of all channels.",
        kept_by="statistics",
    ),
)
_OF_CALLS = (
    _calls("calls_received", "Calls that came in from outside, whatever became of them; each once.", "received"),
    _calls(
        "before_queue",
        "Calls received that ended before any queue: in the greeting or menu, at the closed desk, hung up, with a voice"
        " mail, failed.",
        "before_queue",
    ),
    _calls(
        "before_queue_rate",
        "Calls received that ended before any queue, by calls received.",
        "before_queue",
        below=("received",),
        unit="percent",
    ),
    _calls("calls_menu", "Answered by the switch, and ended in its greeting or menu.", "calls_menu"),
    _calls("calls_closed", "Came while the desk was closed, and reached nobody.", "calls_closed"),
    _calls("calls_hung_up", "Ended before the switch answered.", "calls_hung_up"),
    _calls("calls_voicemail", "Left or listened to a voice mail, and entered no queue.", "calls_voicemail"),
    _calls("calls_failed", "Failed: busy, congested, wrong; never answered.", "calls_failed"),
    _calls("calls_put_through", "Reached a person of the house without a queue.", "calls_put_through"),
    _calls(
        "calls_queued",
        "Calls received that entered a queue, once each; a call passed on is offered again.",
        "calls_queued",
    ),
    _calls("calls_untold", "The switch says they went to a queue, and no leg of theirs is known.", "calls_untold"),
    _calls(
        "time_before_queue",
        "Mean time of calls that entered a queue from their first sign until they did: greeting and menu.",
        "greeting_s",
        below=("calls_queued",),
        unit="seconds",
    ),
    _calls(
        "trunk_time",
        "Mean time a call received takes a line, from its first sign to its end.",
        "trunk_s",
        below=("received",),
        unit="seconds",
    ),
)
CATALOG: dict[str, Metric] = {one.code: one for one in (*_ALL, *_OF_CALLS)}
# What is told of calls received, in the order of the pages.
OF_CALLS = tuple(one.code for one in _OF_CALLS)
# Not sums: computed from the legs themselves, and never put together from slots.
FROM_LEGS = {
    "wait_median": "Half of the answered contacts waited no longer.",
    "wait_p90": "Nine of ten answered contacts waited no longer.",
    "wait_median_all": "Half of all contacts that left the queue, answered or not, waited no longer.",
    "wait_p90_all": "Nine of ten contacts that left the queue, answered or not, waited no longer.",
    "wait_longest": "The longest wait of any contact that left the queue.",
}


def value_of(metric: Metric, sums: Mapping[str, int]) -> Ratio:
    """Numerator and denominator of a metric from sums by name; a plain count has the denominator 1.

    Raises `KeyError` for a sum that is not there: a missing sum is not zero.
    """
    numerator = _total(metric.numerator, sums)
    denominator = _total(metric.denominator, sums) if metric.denominator else 1
    return Ratio(denominator - numerator if metric.is_inverse else numerator, denominator)


def _total(names: tuple[str, ...], sums: Mapping[str, int]) -> int:
    return sum(-sums[name[1:]] if name.startswith("-") else sums[name] for name in names)
