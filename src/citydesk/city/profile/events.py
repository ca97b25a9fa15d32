"""Facts the profile room publishes."""

from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True)
class ProfileLoaded:
    """A load changed the profile. `changed` lists [section, code] pairs; `effective` is empty for the first load."""

    name: ClassVar[str] = "profile.ProfileLoaded"
    load_id: int
    version: int
    effective: str
    changed: list[list[str]] = field(default_factory=list)


@dataclass(frozen=True)
class ProfileCameIntoForce:
    """A day began on which other values hold than the day before."""

    name: ClassVar[str] = "profile.ProfileCameIntoForce"
    on: str
    changed: list[list[str]] = field(default_factory=list)
