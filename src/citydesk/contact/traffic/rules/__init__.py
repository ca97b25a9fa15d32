"""The arithmetic of what came in: legs, intervals, service level, metrics, matching, states, anomalies. Pure."""

from citydesk.contact.traffic.rules.behind import adds, figure_codes, range_of, total
from citydesk.contact.traffic.rules.counting import FACT_COLUMNS, Sums, count_legs, counted_outcome, is_whole
from citydesk.contact.traffic.rules.intervals import Slot, day_slots, origin_of, slot_of, split
from citydesk.contact.traffic.rules.legs import CountRecord, LegRecord, Oddity, StateRecord, faults_of
from citydesk.contact.traffic.rules.matching import Contact, Match, Spoken, match_contacts
from citydesk.contact.traffic.rules.metrics import CATALOG, DEFINITIONS, FROM_LEGS, OF_CALLS, Metric, value_of
from citydesk.contact.traffic.rules.received import NO_CALLS, CallPart, CallSums, Trunk, end_of
from citydesk.contact.traffic.rules.service_level import FORMULAS, Ratio, service_level, share_of_intervals_met
from citydesk.contact.traffic.rules.states import Fitted, Stay, fit_stays, state_of_pause
from citydesk.contact.traffic.rules.wilson import wilson

__all__ = [
    "CATALOG",
    "DEFINITIONS",
    "FACT_COLUMNS",
    "FORMULAS",
    "FROM_LEGS",
    "NO_CALLS",
    "OF_CALLS",
    "CallPart",
    "CallSums",
    "Contact",
    "CountRecord",
    "Fitted",
    "LegRecord",
    "Match",
    "Metric",
    "Oddity",
    "Ratio",
    "Slot",
    "Spoken",
    "StateRecord",
    "Stay",
    "Sums",
    "Trunk",
    "adds",
    "count_legs",
    "counted_outcome",
    "day_slots",
    "end_of",
    "faults_of",
    "figure_codes",
    "fit_stays",
    "is_whole",
    "match_contacts",
    "origin_of",
    "range_of",
    "service_level",
    "share_of_intervals_met",
    "slot_of",
    "split",
    "state_of_pause",
    "total",
    "value_of",
    "wilson",
]
