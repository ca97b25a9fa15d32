"""Doors to the outside for text messages, and the errors every door speaks.

An adapter is `send(to, body, reference) -> provider's id`. What it raises decides what happens next: `Refused` settles
the message as not delivered, `TryLater` means nothing was handed over, `OutcomeUnknown` means nobody can tell.
"""

from typing import Protocol

import structlog
from django.conf import settings
from django.utils.module_loading import import_string

log = structlog.get_logger()


class Refused(Exception):
    """The other side will not take it; the text says why."""


class TryLater(Exception):
    """Nothing was handed over; trying again is safe."""


class OutcomeUnknown(Exception):
    """It may have been handed over; trying again may send it twice."""


class SmsAdapter(Protocol):
    def send(self, to: str, body: str, reference: str) -> str: ...


class LogAdapter:
    """Sends nothing: notes that a text would have gone out. The default, until a provider is set."""

    def send(self, to: str, body: str, reference: str) -> str:
        log.info("sms.not_sent_no_provider", reference=reference, characters=len(body))
        return f"log:{reference}"


class MemoryAdapter:
    """For tests: keeps what was sent, and fails on demand (`fail_with`)."""

    sent: list[tuple[str, str, str]] = []
    fail_with: Exception | None = None

    def send(self, to: str, body: str, reference: str) -> str:
        if MemoryAdapter.fail_with:
            raise MemoryAdapter.fail_with
        MemoryAdapter.sent.append((to, body, reference))
        return f"memory:{len(MemoryAdapter.sent)}"


def sms_adapter() -> SmsAdapter:
    """The adapter named by the setting `SMS_ADAPTER`."""
    return import_string(settings.SMS_ADAPTER)()
