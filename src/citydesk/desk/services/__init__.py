"""Transactions across halls that one screen of the desk asks for."""

from citydesk.desk.services.contact import FinishedContact, finish_contact
from citydesk.desk.services.contact_notes import drop_call, read_note
from citydesk.desk.services.contact_relink import relink_contact

__all__ = ["FinishedContact", "drop_call", "finish_contact", "read_note", "relink_contact"]
