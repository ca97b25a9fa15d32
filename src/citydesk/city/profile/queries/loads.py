"""The loads that made the profile what it is, and where its values come from."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from citydesk.city.profile.models import ProfileLoad
from citydesk.city.profile.queries.cached import snapshot
from citydesk.kernel.errors import NotFound, marked

_COLUMNS = ("id", "at", "actor_label", "profile", "digest", "effective", "summary")


@dataclass(frozen=True)
class Provenance:
    """Where one value comes from. `field` is "*" for the whole entry. `is_to_confirm`: undated or not its own."""

    section: str
    code: str
    field: str
    source: str
    as_of: str
    status: str
    lender: str
    is_to_confirm: bool


def list_loads(limit: int = 20) -> list[dict[str, Any]]:
    """The newest loads first: `{id, at, actor_label, profile, digest, effective, summary}`."""
    return list(ProfileLoad.objects.order_by("-id").values(*_COLUMNS)[:limit])


def get_load(load_id: int) -> dict[str, Any]:
    """One load. Raises `NotFound`."""
    found = ProfileLoad.objects.filter(id=load_id).values(*_COLUMNS).first()
    if found is None:
        raise NotFound(marked("There is no such load of the profile."))
    return found


def list_sections(on: date) -> list[tuple[str, int]]:
    """Sections with the number of their entries in force on a day."""
    whole = snapshot()
    counted = Counter({section: len(whole.entries(section, on)) for section in whole.sections()})
    return sorted(counted.items())


def list_provenance(on: date) -> list[Provenance]:
    """Every value that says where it comes from, samples left out, by section and code."""
    whole = snapshot()
    found = []
    for section in whole.sections():
        for code, body in whole.entries(section, on).items():
            for name, given in body.get("provenance", {}).items():
                if set(given) != {"sample"}:
                    found.append(_provenance(section, code, name, given))
    return found


def _provenance(section: str, code: str, name: str, given: dict[str, Any]) -> Provenance:
    as_of, status = str(given.get("as_of", "")), str(given.get("status", ""))
    is_to_confirm = as_of in ("", "undated") or status in ("borrowed", "secondary", "news", "described")
    return Provenance(
        section, code, name, str(given.get("source", "")), as_of, status, str(given.get("lender", "")), is_to_confirm
    )
