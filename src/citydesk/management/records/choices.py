"""Codes of this room: rights, states, periods."""

from enum import StrEnum

VIEW = "records.view"
DISPOSE = "records.dispose"
APPROVE = "records.approve"
HOLD = "records.hold"
RESPOND = "records.respond"
TAKE = "records.take"
READERS = "records.readers"
EXPORT_PERSON = "records.export_person"
BREAK_GLASS = "records.break_glass"
EMERGENCY_REPORT = "records.emergency_report"
EMERGENCY_TOLD = "records.emergency_told"

CERTIFICATE_PURPOSE = "records.certificate"
PRODUCTION_PURPOSE = "records.production"
EXPORT_PURPOSE = "records.export"

DISPOSAL_TYPE = "records.disposal"
HOLD_TYPE = "records.hold"
REQUEST_TYPE = "records.request"
OPENING_TYPE = "records.emergency"

SECTION = "retention"
LAW_SECTION = "records_law"
EXEMPTION_SECTION = "exemptions"


class DisposalState(StrEnum):
    """`destroying`: approved, the job is at it; `done`: all is gone and certified."""

    PROPOSED = "proposed"
    REFUSED = "refused"
    DESTROYING = "destroying"
    DONE = "done"


class ItemState(StrEnum):
    """`kept`: it was listed and stays: held, changed since, or still needed."""

    LISTED = "listed"
    DESTROYED = "destroyed"
    KEPT = "kept"


class Action(StrEnum):
    DESTROY = "destroy"
    KEEP = "keep"


class Basis(StrEnum):
    """Where a period begins: at the trigger itself, or at the end of the year it falls in."""

    TRIGGER = "trigger"
    CALENDAR_YEAR = "calendar_year"
    FISCAL_YEAR = "fiscal_year"


# As many as a person can look through and one night destroys.
MOST_ITEMS = 2000


class RequestState(StrEnum):
    """A public-records request: open until everything was produced or refused, and the requester told."""

    OPEN = "open"
    CLOSED = "closed"


class CloseReason(StrEnum):
    PRODUCED = "produced"
    NONE_FOUND = "none_found"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"


class RecordState(StrEnum):
    """`found` by a search; `responsive` and to be produced; `withheld` whole under an exemption; `unrelated`."""

    FOUND = "found"
    RESPONSIVE = "responsive"
    WITHHELD = "withheld"
    UNRELATED = "unrelated"


class DayUnit(StrEnum):
    OPEN = "open_days"
    CALENDAR = "calendar_days"


class EndedBy(StrEnum):
    """What ended an emergency opening before its hour was over."""

    PERSON = "person"
    SIGN_OUT = "sign_out"
    DISABLED = "disabled"


class About(StrEnum):
    """What an owner is told of: the record was opened, or who reported it."""

    RECORD = "record"
    REPORTER = "reporter"


# A field of a record that holds the words of one of its files; its page that stands for the whole file.
FILE_FIELD = "file."
WHOLE_FILE = 0
