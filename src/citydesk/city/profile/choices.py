"""Codes of the profile room."""

from enum import StrEnum


class SourceStatus(StrEnum):
    """Where a value of the profile comes from."""

    PRINTED = "printed"  # by the office itself
    DESCRIBED = "described"  # by the office, the exact system name is not known
    NEWS = "news"
    SECONDARY = "secondary"  # a third party's page
    OPEN_DATA = "open_data"  # public source code or data about the office
    BORROWED = "borrowed"  # from another, named city
    OWN = "own"  # the office's decision for this system


class ChangeKind(StrEnum):
    """What a load does to one code."""

    ADDED = "added"
    CHANGED = "changed"
    CLOSED = "closed"


PROVENANCE_KEYS = ("source", "as_of", "status", "lender", "sample")
PERIOD_KEYS = ("valid_from", "valid_until")
