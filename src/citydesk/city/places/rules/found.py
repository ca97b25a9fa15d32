"""What the places room answers with."""

from dataclasses import dataclass, field
from typing import Any

from citydesk.city.places.choices import PlaceKind
from citydesk.city.places.rules.cells import cell_of
from citydesk.kernel.errors import Invalid


class OutsideCity(Invalid):
    """The point lies outside the city; `facts["border"]` names the border that says so."""

    code = "outside_city"


@dataclass(frozen=True)
class AddressHit:
    """A suggestion while somebody types a place. `value` goes back into the field when it is taken."""

    kind: PlaceKind
    label: str
    value: str
    detail: str = ""
    address_id: int | None = None
    street_id: int | None = None
    lat: float | None = None
    lon: float | None = None
    score: float = 0.0

    @property
    def choice(self) -> str:
        """What a form posts when this is taken: "address:17" for an address point, else the text."""
        return f"address:{self.address_id}" if self.address_id is not None else self.value


@dataclass(frozen=True)
class ResolvedPlace:
    """A place as other rooms store it. Coordinates are WGS84 degrees; without them `kind` is `described`.

    `label` is for staff, `block_label` for the public. `is_approximate` places were computed (a missing house number,
    a crossing without street geometry); `note` says how, `did_you_mean` offers what the city's list does have.
    """

    kind: PlaceKind
    label: str
    address_id: int | None = None
    street_id: int | None = None
    unit: str = ""
    zip: str = ""
    lat: float | None = None
    lon: float | None = None
    districts: dict[str, str] = field(default_factory=dict)
    in_city: bool | None = None
    block_label: str = ""
    is_approximate: bool = False
    note: str = ""
    did_you_mean: tuple[AddressHit, ...] = ()

    @property
    def has_point(self) -> bool:
        """Whether the place can be put on a map and compared by distance."""
        return self.lat is not None and self.lon is not None

    @property
    def cell(self) -> int | None:
        """The nearness cell to store beside the coordinates; see `rules.cell_keys`."""
        return cell_of(self.lat, self.lon) if self.lat is not None and self.lon is not None else None

    @property
    def council(self) -> str:
        """The council district's code, "" where none is known."""
        return self.districts.get("council", "")

    def as_dict(self) -> dict[str, Any]:
        """The place as JSON, for drafts and audit entries."""
        return {
            "kind": str(self.kind),
            "label": self.label,
            "address_id": self.address_id,
            "unit": self.unit,
            "zip": self.zip,
            "lat": self.lat,
            "lon": self.lon,
            "districts": dict(self.districts),
            "in_city": self.in_city,
            "block_label": self.block_label,
            "is_approximate": self.is_approximate,
            "note": self.note,
        }
