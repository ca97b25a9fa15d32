"""Reads for the room's screens and for rooms above."""

from citydesk.contact.complaints.queries.figures import ClassFigures, figures
from citydesk.contact.complaints.queries.letters import paper_of_letter
from citydesk.contact.complaints.queries.lists import (
    VIEWS,
    counts_of,
    find_complaints,
    list_appeals_due,
    list_complaints,
    list_own,
    list_to_approve,
    narrowed,
    spec_of,
)
from citydesk.contact.complaints.queries.one import ComplaintPage, get_complaint, id_of, of_request
from citydesk.contact.complaints.queries.policy import class_on, classes_for
from citydesk.contact.complaints.queries.public import PublicWords, public_words, request_number_for

__all__ = [
    "VIEWS",
    "ClassFigures",
    "ComplaintPage",
    "PublicWords",
    "class_on",
    "classes_for",
    "counts_of",
    "figures",
    "find_complaints",
    "get_complaint",
    "id_of",
    "list_appeals_due",
    "list_complaints",
    "list_own",
    "list_to_approve",
    "narrowed",
    "of_request",
    "paper_of_letter",
    "public_words",
    "request_number_for",
    "spec_of",
]
