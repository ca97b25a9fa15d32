"""A main request and its parts: one level, all open when they are put together, none of them confidential."""

from dataclasses import dataclass

from citydesk.contact.service_requests.choices import PartRefusal


@dataclass(frozen=True)
class Member:
    """What the rules ask of a request that becomes a main request or a part."""

    id: int
    number: str
    is_open: bool = True
    is_held: bool = False
    is_confidential: bool = False
    main_id: int | None = None
    part_count: int = 0


def refusal_of_part(main: Member, part: Member) -> tuple[PartRefusal, str] | None:
    """Why `part` cannot become a part of `main`, with the number it is about; None when it can.

    Followers are told together, so a confidential request stands by itself. A part has no parts: whoever is told must
    find one main request, never a chain.
    """
    if main.id == part.id:
        return PartRefusal.ITSELF, main.number
    for one in (main, part):
        if not one.is_open or one.is_held:
            return PartRefusal.NOT_OPEN, one.number
        if one.is_confidential:
            return PartRefusal.CONFIDENTIAL, one.number
    return _refusal_of_relatives(main, part)


def _refusal_of_relatives(main: Member, part: Member) -> tuple[PartRefusal, str] | None:
    if part.main_id is not None:
        return PartRefusal.ALREADY if part.main_id == main.id else PartRefusal.OF_ANOTHER, part.number
    if main.main_id is not None:
        return PartRefusal.MAIN_IS_PART, main.number
    return (PartRefusal.HAS_PARTS, part.number) if part.part_count else None
