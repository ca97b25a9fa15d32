"""Codes the customers room stores, and its permissions."""

from enum import StrEnum

CUSTOMERS_VIEW = "customers.view"
CUSTOMERS_VIEW_ALL = "customers.view_all"
CUSTOMERS_EDIT = "customers.edit"
CUSTOMERS_MERGE = "customers.merge"
CUSTOMERS_SEE_CONTACT = "customers.see_contact"
CUSTOMERS_SEE_CONFIDENTIAL = "customers.see_confidential"
CUSTOMERS_APPROVE_CAUTION = "customers.approve_caution"

# The letters of the numbers and the table that carries them.
SERIES = ("CU", "customers_customer")
# What the history calls a customer.
OBJECT_TYPE = "customers.customer"


class CustomerKind(StrEnum):
    PERSON = "person"
    ORGANIZATION = "organization"


class CallerClass(StrEnum):
    """Who somebody is to the office; the profile routes and alerts by it."""

    RESIDENT = "resident"
    INTERNAL = "internal"
    ELECTED = "elected"
    MEDIA = "media"
    AGENCY = "agency"
    VENDOR = "vendor"


class FormatNeed(StrEnum):
    """How somebody needs what we send and say."""

    NONE = ""
    LARGE_PRINT = "large_print"
    RELAY = "relay"
    PLAIN_TEXT = "plain_text"


class PointKind(StrEnum):
    PHONE = "phone"
    EMAIL = "email"
    POSTAL = "postal"


class PointUse(StrEnum):
    """What a contact point is to its owner."""

    MOBILE = "mobile"
    HOME = "home"
    WORK = "work"
    MAILING = "mailing"
    PREMISE = "premise"
    OTHER = "other"


class CautionKind(StrEnum):
    """Facts that matter for safety. There is no free label: what does not fit here is no caution."""

    ANIMAL = "animal"
    ACCESS = "access"
    STRUCTURE = "structure"
    HAZARD = "hazard"
    THREAT = "threat"
    MEDICAL = "medical"


class CautionState(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    ENDED = "ended"


class PairState(StrEnum):
    """What was decided about two customers who look like one."""

    OPEN = "open"
    DIFFERENT = "different"
    MERGED = "merged"


class DuplicateReason(StrEnum):
    """Why two customers look like one."""

    SAME_EMAIL = "same_email"
    SAME_PHONE = "same_phone"
    SAME_ADDRESS = "same_address"
    SAME_NAME = "same_name"
    SIMILAR_NAME = "similar_name"


LANGUAGES_OFFERED = ("en", "es", "zh", "vi", "ar", "fr", "ht", "ko", "ru", "tl", "pt", "hmn", "ase")

# The transaction's own word to the database that it opens an identity; its row security shows no row without it.
OPENS_IDENTITY = "citydesk.opens_identity"
