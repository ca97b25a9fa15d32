"""Who acts, and what they may do. Built once a request; frozen, so nobody widens it on the way."""

from dataclasses import dataclass, field
from enum import StrEnum

from citydesk.kernel.errors import NotAllowed, NotFound, marked


class ActorKind(StrEnum):
    STAFF = "staff"
    RESIDENT = "resident"
    AGENCY = "agency"
    API_KEY = "api_key"
    SYSTEM = "system"


@dataclass(frozen=True)
class Actor:
    """A staff member, a resident, somebody of another agency, an API key or the system.

    `label` is the name shown in histories.
    """

    kind: ActorKind
    id: int | None = None
    label: str = ""

    @property
    def is_staff(self) -> bool:
        return self.kind == ActorKind.STAFF

    @property
    def staff_id(self) -> int | None:
        """The user's id when a staff member acts, else None."""
        return self.id if self.is_staff else None


SYSTEM = Actor(ActorKind.SYSTEM, None, "Citydesk")
RESIDENT = Actor(ActorKind.RESIDENT, None, "resident")


@dataclass(frozen=True)
class Access:
    """The actor with rights and reach. `may` asks; `require` raises 403, `require_sight` 404."""

    actor: Actor
    permissions: frozenset[str] = frozenset()
    team_ids: frozenset[int] = frozenset()
    department_ids: frozenset[int] = frozenset()
    roles: frozenset[str] = frozenset()
    limits: dict[str, str] = field(default_factory=dict, hash=False, compare=False)

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    def require(self, permission: str) -> None:
        """Raise `NotAllowed` unless the permission is held."""
        if permission not in self.permissions:
            raise NotAllowed(
                marked("This needs the right %(code)s."), values={"code": permission}, permission=permission
            )

    def require_sight(self, permission: str) -> None:
        """Raise `NotFound` unless the permission is held: for what the reader may not know of."""
        if permission not in self.permissions:
            raise NotFound(marked("There is nothing here."))


NOBODY = Access(Actor(ActorKind.RESIDENT, None, "visitor"))


class EveryPermission(frozenset[str]):
    """A set that says yes; for the system's own work only."""

    def __contains__(self, item: object) -> bool:
        return True


SYSTEM_ACCESS = Access(SYSTEM, EveryPermission())
