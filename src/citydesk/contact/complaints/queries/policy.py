"""What the city's profile decides about complaints on a day."""

from datetime import date

from citydesk.city.profile import queries as profile
from citydesk.city.profile.rules import UnknownEntry
from citydesk.contact.complaints.choices import SECTION
from citydesk.contact.complaints.rules.classes import ComplaintClass, class_of
from citydesk.kernel.errors import NotFound, marked


def class_on(code: str, on: date) -> ComplaintClass:
    """A class as it is on a day; of a code the day does not have, the latest there was. Raises `NotFound`."""
    try:
        return class_of(code, profile.entry(SECTION, code, on))
    except UnknownEntry:
        spans = profile.history_of_entry(SECTION, code)
        if not spans:
            raise NotFound(marked("There is no such class of complaints."), field="class_code") from None
        return class_of(code, spans[-1].body)


def classes_for(service_code: str, on: date) -> list[ComplaintClass]:
    """The classes a request of a code may be opened as, those that name the code first. All, where none names it."""
    known = [class_of(code, body) for code, body in profile.entries(SECTION, on).items()]
    return sorted(known, key=lambda one: (service_code not in one.services, one.order, one.code))


def names_of_classes(on: date, language: str) -> dict[str, str]:
    """Code -> name, for lists."""
    return {code: class_of(code, body).name_in(language) for code, body in profile.entries(SECTION, on).items()}
