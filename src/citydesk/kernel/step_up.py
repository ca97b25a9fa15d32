"""Proving once more who is at the desk: the room that signs people in says how, rooms above ask for it."""

from dataclasses import dataclass

from django.http import HttpRequest

from citydesk.kernel.registries import load_dotted


@dataclass(frozen=True)
class StepUp:
    """Dotted paths. `is_proved(request)`: whether the person proved themselves again within the last minutes, after
    they signed in. `address(request, back_to)`: where they do so with what they have, and come back from."""

    is_proved: str
    address: str


_ways: list[StepUp] = []


def provide_step_up(way: StepUp) -> None:
    """Say how people prove themselves; the last word counts."""
    _ways[:] = [way]


def is_proved_again(request: HttpRequest) -> bool:
    """Whether the person proved themselves again lately. Nobody has where no room says how."""
    return bool(_ways) and bool(load_dotted(_ways[0].is_proved)(request))


def prove_address(request: HttpRequest, back_to: str) -> str:
    """Where the person proves themselves, then comes back to a page of this house."""
    return str(load_dotted(_ways[0].address)(request, back_to)) if _ways else back_to
