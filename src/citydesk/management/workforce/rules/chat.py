"""Chats side by side: one person with several of them is slower at each, and still does more in all."""

from collections.abc import Mapping

from citydesk.kernel.errors import Invalid, marked


def effective_handle(measured: Mapping[int, float], at_once: int) -> float:
    """Seconds of a person's time for a chat while `at_once` run side by side: the time measured then, divided by them.

    `measured` has the mean handle time of a chat by how many ran at once. A number never measured is refused: the
    time of three at once does not follow from that of two. Raises `Invalid`.
    """
    if at_once < 1:
        raise Invalid(marked("At least one chat at a time."), field="concurrency")
    seconds = measured.get(at_once)
    if seconds is None or seconds <= 0.0:
        words = marked("The handle time of %(n)s chats at once was never measured.")
        raise Invalid(words, field="concurrency", values={"n": at_once})
    return seconds / at_once


def best_concurrency(measured: Mapping[int, float]) -> int:
    """The number at once with which a person does most; the smaller of two that are equal."""
    if not measured:
        raise Invalid(marked("No handle time of chats was measured."), field="concurrency")
    return min(sorted(measured), key=lambda at_once: effective_handle(measured, at_once))
