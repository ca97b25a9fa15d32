"""Doors and pages of traffic: deliveries of switches, a queue's day, the board, pairing, malfunctions, numbers."""

from citydesk.contact.traffic.views.behind import behind
from citydesk.contact.traffic.views.board import board, board_wall
from citydesk.contact.traffic.views.day import anomaly_settle, day
from citydesk.contact.traffic.views.doors import deliveries
from citydesk.contact.traffic.views.malfunctions import (
    malfunction,
    malfunction_act,
    malfunction_report,
    malfunctions,
    malfunctions_file,
)
from citydesk.contact.traffic.views.month import month
from citydesk.contact.traffic.views.numbers import (
    numbers,
    numbers_file,
    numbers_note,
    team_numbers,
    team_numbers_file,
)
from citydesk.contact.traffic.views.pairing import pairing, pairing_act, pairing_contact, pairing_leg
from citydesk.contact.traffic.views.received import received
from citydesk.contact.traffic.views.switches import agent_link, agents, sources

__all__ = [
    "agent_link",
    "agents",
    "anomaly_settle",
    "behind",
    "board",
    "board_wall",
    "day",
    "deliveries",
    "malfunction",
    "malfunction_act",
    "malfunction_report",
    "malfunctions",
    "malfunctions_file",
    "month",
    "numbers",
    "numbers_file",
    "numbers_note",
    "pairing",
    "pairing_act",
    "pairing_contact",
    "pairing_leg",
    "received",
    "sources",
    "team_numbers",
    "team_numbers_file",
]
