"""Transactions across halls that one screen of the desk asks for."""

from citydesk.desk.services.absence import MovedOthers, MovedWork, move_absent_work, take_absent_work_back
from citydesk.desk.services.contact import FinishedContact, finish_contact
from citydesk.desk.services.contact_notes import drop_call, read_note
from citydesk.desk.services.contact_relink import relink_contact
from citydesk.desk.services.jobs import retry_job

__all__ = [
    "FinishedContact",
    "MovedOthers",
    "MovedWork",
    "drop_call",
    "finish_contact",
    "move_absent_work",
    "read_note",
    "relink_contact",
    "retry_job",
    "take_absent_work_back",
]
