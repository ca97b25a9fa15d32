"""Map data a process keeps in memory, reloaded when the layer's token in the database differs."""

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar
from uuid import UUID

from citydesk.city.places.choices import Layer
from citydesk.kernel.statements import run

T = TypeVar("T")


class Kept(Generic[T]):
    """A value built from the database once a token. Reading costs one statement by primary key."""

    def __init__(self, layer: Layer, build: Callable[[], T]) -> None:
        self._layer = layer
        self._build = build
        self._lock = Lock()
        self._known: tuple[UUID | None, T] | None = None

    def get(self) -> T:
        """The value for the token now in the database; builds it if another token was seen last."""
        found = run("SELECT token FROM places_maptoken WHERE layer = %s", (self._layer.value,))
        return self.of(found[0][0] if found else None)

    def of(self, token: UUID | None) -> T:
        """The same for a token that was read with something else."""
        known = self._known
        if known is not None and known[0] == token and token is not None:
            return known[1]
        with self._lock:
            value = self._build()
            self._known = (token, value)
            return value
