"""Translated names of the codes of traffic, and how metrics and formulas are called and explained on pages."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from citydesk.contact.traffic.choices import (
    AgentStateKind,
    AnomalyCode,
    CallEnd,
    Formula,
    LegOutcome,
    MalfunctionKind,
    MonitorCode,
    QueueChannel,
    SourceFormat,
    WorkClass,
)

CHANNELS: dict[QueueChannel, Any] = {
    QueueChannel.VOICE: _("Telephone"),
    QueueChannel.CHAT: _("Chat"),
    QueueChannel.EMAIL: _("E-mail"),
    QueueChannel.WEB: _("Web"),
    QueueChannel.WALK_IN: _("Counter"),
    QueueChannel.MAIL: _("Letter"),
    QueueChannel.FAX: _("Fax"),
    QueueChannel.SOCIAL: _("Social media"),
}
OUTCOMES: dict[LegOutcome, Any] = {
    LegOutcome.ANSWERED: _("answered"),
    LegOutcome.ABANDONED: _("abandoned"),
    LegOutcome.SHORT_ABANDONED: _("abandoned at once"),
    LegOutcome.TIMEOUT: _("waited too long"),
    LegOutcome.KEY_EXIT: _("left by a key"),
    LegOutcome.EMPTY_EXIT: _("nobody signed in"),
    LegOutcome.CALLBACK_REQUESTED: _("asked to be called back"),
    LegOutcome.MOVED: _("moved to another queue"),
    LegOutcome.SYSTEM_DROP: _("cut off by the system"),
    LegOutcome.OPEN: _("not ended yet"),
}
STATES: dict[AgentStateKind, Any] = {
    AgentStateKind.OFFLINE: _("not signed in"),
    AgentStateKind.AVAILABLE: _("available"),
    AgentStateKind.RINGING: _("ringing"),
    AgentStateKind.ON_CONTACT: _("on a contact"),
    AgentStateKind.HOLD: _("on hold"),
    AgentStateKind.ACW: _("work after the contact"),
    AgentStateKind.BREAK: _("break"),
    AgentStateKind.MEAL: _("meal"),
    AgentStateKind.TRAINING: _("training"),
    AgentStateKind.MEETING: _("meeting"),
    AgentStateKind.COACHING: _("coaching"),
    AgentStateKind.OFFLINE_WORK: _("other work"),
    AgentStateKind.SYSTEM_ISSUE: _("system trouble"),
}
ANOMALIES: dict[AnomalyCode, Any] = {
    AnomalyCode.ANSWER_WITHOUT_ENTRY: _("Answered, but never entered the queue"),
    AnomalyCode.END_WITHOUT_ENTRY: _("Ended, but never entered the queue"),
    AnomalyCode.END_WITHOUT_ANSWER: _("Ended as answered without an answer"),
    AnomalyCode.SECOND_ENTRY: _("Entered the queue twice"),
    AnomalyCode.SECOND_ANSWER: _("Answered twice"),
    AnomalyCode.SECOND_END: _("Ended twice"),
    AnomalyCode.MISSING_END: _("No end was told"),
    AnomalyCode.SYSTEM_RESTART: _("Cut off by a restart of the switch"),
    AnomalyCode.CLOCK_STEP: _("The switch's clock went back"),
    AnomalyCode.UNKNOWN_EVENT: _("An event nobody knows"),
    AnomalyCode.UNKNOWN_PAUSE: _("A pause with a reason nobody explained"),
    AnomalyCode.OVERLAPPING_STATE: _("Two states of an agent at once"),
    AnomalyCode.UNKNOWN_QUEUE: _("A queue the profile does not know"),
}
MALFUNCTIONS: dict[MalfunctionKind, Any] = {
    MalfunctionKind.TELEPHONE: _("Telephone"),
    MalfunctionKind.NETWORK: _("Network"),
    MalfunctionKind.SOFTWARE: _("Program"),
    MalfunctionKind.POWER: _("Power"),
    MalfunctionKind.EQUIPMENT: _("Equipment"),
    MalfunctionKind.OTHER: _("Another malfunction"),
}
FORMULAS: dict[Formula, Any] = {
    Formula.STRICT: _("answered in time, of all offered"),
    Formula.NET_OF_SHORT: _("answered in time, of offered without short abandons"),
    Formula.NET_OF_ABANDONED: _("answered in time, of offered without those who left in time"),
    Formula.ANY_REMOVAL: _("out of the queue in time for whatever reason, of all offered"),
    Formula.OF_ANSWERED: _("answered in time, of answered"),
}
METRICS: dict[str, Any] = {
    "offered": _("Contacts offered"),
    "answered": _("Contacts answered"),
    "abandoned": _("Contacts abandoned"),
    "short_abandoned": _("Contacts abandoned at once"),
    "abandon_rate": _("Abandon rate"),
    "abandon_rate_of_offered": _("Abandon rate of all offered"),
    "asa": _("Mean wait of answered (ASA)"),
    "mean_wait": _("Mean wait of all"),
    "aht": _("Mean handle time (AHT)"),
    "occupancy": _("Occupancy"),
    "utilization": _("Utilization"),
    "transfer_rate": _("Transfer rate"),
    "transfer_rate_internal": _("Passed on to ourselves"),
    "transfer_rate_external": _("Passed on to other offices"),
    "transfer_rate_unknown": _("Passed on, to whom is not known"),
    "not_taken_rate": _("Rang and was not taken"),
    "hold_rate": _("Hold rate"),
    "calls_received": _("Calls received"),
    "before_queue": _("Ended before a queue"),
    "before_queue_rate": _("Share that ended before a queue"),
    "calls_menu": _("Ended in the greeting or menu"),
    "calls_closed": _("Came while closed"),
    "calls_hung_up": _("Hung up before the switch answered"),
    "calls_voicemail": _("Voice mail"),
    "calls_failed": _("Busy or failed"),
    "calls_put_through": _("Put through without a queue"),
    "calls_queued": _("Entered a queue"),
    "calls_untold": _("Sent to a queue that tells nothing of them"),
    "time_before_queue": _("Mean time before the queue"),
    "trunk_time": _("Mean time on a line"),
    "wait_median": _("Median wait of answered"),
    "wait_p90": _("90th percentile of the wait of answered"),
    "wait_median_all": _("Median wait of all"),
    "wait_p90_all": _("90th percentile of the wait of all"),
    "wait_longest": _("Longest wait"),
}
# What a metric divides by what, in the reader's words; `rules.metrics` has the full text of each definition.
DEFINITIONS: dict[str, Any] = {
    "offered": _("entered the queue, in the interval of entry"),
    "answered": _("connected to an agent"),
    "abandoned": _("left while waiting, after the short-abandon time"),
    "short_abandoned": _("left before the short-abandon time"),
    "abandon_rate": _("abandoned / (offered less short abandons)"),
    "abandon_rate_of_offered": _("abandoned / offered"),
    "asa": _("waits of answered / answered"),
    "mean_wait": _("all waits / (offered less still open)"),
    "aht": _("(talk + hold + work after) / handled"),
    "occupancy": _("time on contacts / (that + idle time), all agents"),
    "utilization": _("time on contacts / time signed in, all agents"),
    "transfer_rate": _("passed on / answered"),
    "transfer_rate_internal": _("passed on to a queue or an agent of our own / answered"),
    "transfer_rate_external": _("passed on to another office or another body / answered"),
    "transfer_rate_unknown": _("passed on without a known number or name / answered"),
    "not_taken_rate": _("rang and nobody took it / (that + answered)"),
    "hold_rate": _("put on hold / handled"),
    "calls_received": _("came in from outside, whatever became of them; each once"),
    "before_queue": _("greeting or menu, closed, hung up, voice mail, failed"),
    "before_queue_rate": _("ended before a queue / calls received"),
    "calls_menu": _("answered by the switch, and no further"),
    "calls_closed": _("in the closed hours or their announcement, and reached nobody"),
    "calls_hung_up": _("never answered"),
    "calls_voicemail": _("and no queue"),
    "calls_failed": _("busy, congested or wrong, never answered"),
    "calls_put_through": _("reached a person by another way"),
    "calls_queued": _("each call once; one passed on is offered again"),
    "calls_untold": _("the switch says so, and no leg of theirs is known"),
    "time_before_queue": _("greeting and menu of those that entered a queue / those"),
    "trunk_time": _("from first sign to end / calls received"),
}
CALL_ENDS: dict[CallEnd, Any] = {one: METRICS[f"calls_{one.value}"] for one in CallEnd}
PAIR_REASONS: dict[str, Any] = {
    "during": _("opened %(seconds)s s from the answer, during the call"),
    "near": _("opened %(seconds)s s from the answer"),
    "too_far": _("opened too far from the call for the rule"),
    "same_agent": _("same person"),
    "other_agent": _("another person"),
    "same_number": _("same number"),
    "other_number": _("another number"),
}
FIGURES: dict[MonitorCode, Any] = {
    MonitorCode.HANDLE_TIME: _("Handle time"),
    MonitorCode.AFTER_WORK: _("Work after the contact"),
    MonitorCode.HOLD: _("Time on hold"),
    MonitorCode.TRANSFERS: _("Contacts passed on"),
    MonitorCode.RECORDS: _("Contacts with a record"),
    MonitorCode.PER_HOUR: _("Contacts by hour"),
    MonitorCode.STATES: _("State by name on the live board"),
    MonitorCode.ADHERENCE: _("Adherence to the schedule"),
}
FIGURE_DEFINITIONS: dict[MonitorCode, Any] = {
    MonitorCode.HANDLE_TIME: _("talk, hold and work after in seconds / contacts answered that have ended"),
    MonitorCode.AFTER_WORK: _("seconds of work after / contacts answered that have ended"),
    MonitorCode.HOLD: _("seconds on hold / contacts answered that have ended"),
    MonitorCode.TRANSFERS: _("passed on / contacts answered that have ended"),
    MonitorCode.RECORDS: _("paired with a record of the desk / contacts answered that have ended"),
    MonitorCode.PER_HOUR: _(
        "contacts answered that have ended / hours on contacts, working after them or free for them; how much, not how "
        "well, and nobody chooses how many come"
    ),
}
WORK_CLASSES: dict[WorkClass, Any] = {
    WorkClass.PLAIN: _("plain"),
    WorkClass.INTERPRETED: _("interpreted"),
    WorkClass.ESCALATED: _("a supervisor stepped in"),
}
# Which contacts of others stood for a kind of one's own.
STOOD_FOR: dict[str, Any] = {
    "same": _("same queue and reason"),
    "queue": _("same queue, any reason"),
    "class": _("any queue"),
}
# The forms in which a switch's file may come.
FORMATS: dict[SourceFormat, Any] = {
    SourceFormat.QUEUE_LOG: _("Log of queues (Asterisk queue_log)"),
    SourceFormat.CONNECT: _("Contact records as JSON (Amazon Connect)"),
    SourceFormat.INTERVALS: _("Counts per interval (CSV)"),
    SourceFormat.CDR: _("Call detail records (Asterisk Master.csv)"),
}
