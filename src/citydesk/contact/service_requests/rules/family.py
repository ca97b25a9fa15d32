"""A main request and its parts: one level, all open when they are put together, none of them confidential."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from citydesk.kernel.errors import Conflict


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


def require_part(main: Member, part: Member) -> None:
    """Raise `Conflict` with the reason why `part` cannot become a part of `main`.

    Followers are told together, so a confidential request stands by itself. A part has no parts: whoever is told must
    find one main request, never a chain.
    """
    if main.id == part.id:
        raise Conflict(_("A request is not its own part."), field="part")
    for one in (main, part):
        if not one.is_open or one.is_held:
            raise Conflict(_("%(number)s is not open.") % {"number": one.number}, field="part")
        if one.is_confidential:
            raise Conflict(_("A confidential request stands by itself."), field="part")
    refused = _refusal(main, part)
    if refused:
        raise Conflict(refused, field="part")


def _refusal(main: Member, part: Member) -> str:
    """Why the two cannot be main request and part; empty when they can."""
    if part.main_id == main.id:
        return _("%(number)s is a part of it already.") % {"number": part.number}
    if part.main_id is not None:
        return _("%(number)s is a part of another request.") % {"number": part.number}
    if main.main_id is not None:
        return _("%(number)s is a part itself.") % {"number": main.number}
    if part.part_count:
        return _("%(number)s has parts of its own.") % {"number": part.number}
    return ""
