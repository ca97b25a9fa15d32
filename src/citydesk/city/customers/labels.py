"""Translated names of the codes."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from citydesk.city.customers.choices import (
    CallerClass,
    CautionKind,
    CautionState,
    CustomerKind,
    DuplicateReason,
    FormatNeed,
    PointKind,
    PointUse,
)

KIND: dict[str, Any] = {CustomerKind.PERSON: _("Person"), CustomerKind.ORGANIZATION: _("Organization")}
CALLER_CLASS: dict[str, Any] = {
    CallerClass.RESIDENT: _("Resident"),
    CallerClass.INTERNAL: _("City staff"),
    CallerClass.ELECTED: _("Elected office"),
    CallerClass.MEDIA: _("Media"),
    CallerClass.AGENCY: _("Agency"),
    CallerClass.VENDOR: _("Vendor"),
}
FORMAT_NEED: dict[str, Any] = {
    FormatNeed.NONE: _("No special format"),
    FormatNeed.LARGE_PRINT: _("Large print"),
    FormatNeed.RELAY: _("Relay or TTY"),
    FormatNeed.PLAIN_TEXT: _("Plain text"),
}
POINT_KIND: dict[str, Any] = {
    PointKind.PHONE: _("Phone"),
    PointKind.EMAIL: _("E-mail"),
    PointKind.POSTAL: _("Address"),
}
POINT_USE: dict[str, Any] = {
    PointUse.MOBILE: _("mobile"),
    PointUse.HOME: _("home"),
    PointUse.WORK: _("work"),
    PointUse.MAILING: _("mailing"),
    PointUse.PREMISE: _("lives or works here"),
    PointUse.OTHER: _("other"),
}
CAUTION_KIND: dict[str, Any] = {
    CautionKind.ANIMAL: _("Animal on the premise"),
    CautionKind.ACCESS: _("Access"),
    CautionKind.STRUCTURE: _("Unsafe structure"),
    CautionKind.HAZARD: _("Hazardous material"),
    CautionKind.THREAT: _("Threat on record"),
    CautionKind.MEDICAL: _("Medical equipment"),
}
CAUTION_STATE: dict[str, Any] = {
    CautionState.PROPOSED: _("waits for approval"),
    CautionState.APPROVED: _("approved"),
    CautionState.REFUSED: _("was refused"),
    CautionState.ENDED: _("ended"),
}
DUPLICATE_REASON: dict[str, Any] = {
    DuplicateReason.SAME_EMAIL: _("same e-mail"),
    DuplicateReason.SAME_PHONE: _("same phone"),
    DuplicateReason.SAME_ADDRESS: _("same address"),
    DuplicateReason.SAME_NAME: _("same name"),
    DuplicateReason.SIMILAR_NAME: _("similar name"),
}
LANGUAGE: dict[str, Any] = {
    "en": _("English"),
    "es": _("Spanish"),
    "zh": _("Chinese"),
    "vi": _("Vietnamese"),
    "ar": _("Arabic"),
    "fr": _("French"),
    "ht": _("Haitian Creole"),
    "ko": _("Korean"),
    "ru": _("Russian"),
    "tl": _("Tagalog"),
    "pt": _("Portuguese"),
    "hmn": _("Hmong"),
    "ase": _("American Sign Language"),
}


def language_name(code: str) -> Any:
    """The language's name; the code itself for one the list does not have."""
    return LANGUAGE.get(code) or LANGUAGE.get(code.split("-")[0]) or code
