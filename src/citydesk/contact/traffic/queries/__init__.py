"""Reads of traffic for screens and other rooms."""

from citydesk.contact.traffic.queries.behind import Behind, BehindRow, rows_behind
from citydesk.contact.traffic.queries.board import Board, cells_of, get_board
from citydesk.contact.traffic.queries.candidates import (
    ContactChoice,
    LegChoice,
    LegLine,
    PairLine,
    contacts_for,
    get_unpaired_leg,
    legs_for,
    list_pairs,
)
from citydesk.contact.traffic.queries.daily import (
    AnsweredLine,
    Conservation,
    RecordLine,
    answered_without_record,
    count_day,
    list_anomalies,
    list_unnamed_agents,
    record_without_call,
)
from citydesk.contact.traffic.queries.handle_time import expected_handle
from citydesk.contact.traffic.queries.languages import LanguageSeen, languages_seen
from citydesk.contact.traffic.queries.malfunctions import (
    KindOfMonth,
    MalfunctionLine,
    get_malfunction,
    list_malfunctions,
    list_to_report,
    lost_by_person,
    report_malfunctions,
    seconds_lost,
    stretches_lost,
)
from citydesk.contact.traffic.queries.metrics import (
    Figure,
    LevelFigure,
    MetricsPage,
    QueueLine,
    Slot,
    get_metrics,
    get_queue,
    list_intervals,
    list_queues,
)
from citydesk.contact.traffic.queries.monitors import Monitor, figures_on, list_monitors
from citydesk.contact.traffic.queries.numbers import Numbers, opens_on, own_numbers, team_numbers, week_of
from citydesk.contact.traffic.queries.people import PersonState, states_of_people
from citydesk.contact.traffic.queries.reached import WeekReached, list_reached
from citydesk.contact.traffic.queries.switches import AgentLine, SourceLine, list_agents, list_runs, list_sources
from citydesk.contact.traffic.queries.volumes import Volume, list_volumes

__all__ = [
    "AgentLine",
    "AnsweredLine",
    "Behind",
    "BehindRow",
    "Board",
    "Conservation",
    "ContactChoice",
    "Figure",
    "KindOfMonth",
    "LanguageSeen",
    "LegChoice",
    "LegLine",
    "LevelFigure",
    "MalfunctionLine",
    "MetricsPage",
    "Monitor",
    "Numbers",
    "PairLine",
    "PersonState",
    "QueueLine",
    "RecordLine",
    "Slot",
    "SourceLine",
    "Volume",
    "WeekReached",
    "answered_without_record",
    "cells_of",
    "contacts_for",
    "count_day",
    "expected_handle",
    "figures_on",
    "get_board",
    "get_malfunction",
    "get_metrics",
    "get_queue",
    "get_unpaired_leg",
    "languages_seen",
    "legs_for",
    "list_agents",
    "list_anomalies",
    "list_intervals",
    "list_malfunctions",
    "list_monitors",
    "list_pairs",
    "list_queues",
    "list_reached",
    "list_runs",
    "list_sources",
    "list_to_report",
    "list_unnamed_agents",
    "list_volumes",
    "lost_by_person",
    "opens_on",
    "own_numbers",
    "record_without_call",
    "report_malfunctions",
    "rows_behind",
    "seconds_lost",
    "states_of_people",
    "stretches_lost",
    "team_numbers",
    "week_of",
]
