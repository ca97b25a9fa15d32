"""Reads of traffic for screens and other rooms."""

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
from citydesk.contact.traffic.queries.malfunctions import (
    KindOfMonth,
    list_malfunctions,
    report_malfunctions,
    seconds_lost,
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
from citydesk.contact.traffic.queries.people import PersonState, states_of_people
from citydesk.contact.traffic.queries.volumes import Volume, list_volumes

__all__ = [
    "AnsweredLine",
    "Conservation",
    "Figure",
    "KindOfMonth",
    "LevelFigure",
    "MetricsPage",
    "PersonState",
    "QueueLine",
    "RecordLine",
    "Slot",
    "Volume",
    "answered_without_record",
    "count_day",
    "get_metrics",
    "get_queue",
    "list_anomalies",
    "list_intervals",
    "list_malfunctions",
    "list_queues",
    "list_unnamed_agents",
    "list_volumes",
    "record_without_call",
    "report_malfunctions",
    "seconds_lost",
    "states_of_people",
]
