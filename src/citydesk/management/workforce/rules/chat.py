"""Chats side by side: one person with several of them is slower at each, and still does more in all."""

from collections.abc import Mapping

from citydesk.kernel.errors import Invalid


def effective_handle(measured: Mapping[int, float], at_once: int) -> float:
    """Seconds of a person's time for a chat while `at_once` run side by side: the time measured then, divided by them.

    `measured` has the mean handle time of a chat by how many ran at once. A number never measured is refused: the
    time of three at once does not follow from that of two. Raises `Invalid`.
    """
    if at_once < 1:
        raise Invalid("At least one chat at a time.", field="concurrency")
    seconds = measured.get(at_once)
    if seconds is None or seconds <= 0.0:
        raise Invalid(f"The handle time of {at_once} chats at once was never measured.", field="concurrency")
    return seconds / at_once


def best_concurrency(measured: Mapping[int, float]) -> int:
    """The number at once with which a person does most; the smaller of two that are equal."""
    if not measured:
        raise Invalid("No handle time of chats was measured.", field="concurrency")
    return min(sorted(measured), key=lambda at_once: effective_handle(measured, at_once))
