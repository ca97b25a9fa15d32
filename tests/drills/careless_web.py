"""The web process without its protection, for the negative control: it says thank you first and keeps later."""

import threading
from typing import Any

from config.wsgi import application

from citydesk.contact.service_requests.services import open311  # isort: skip - after Django is set up

LATER_SECONDS = 3.0
_receive_post = open311.receive_post


def receive_later(**given: Any) -> open311.Receipt:
    """An acknowledgement with nothing behind it for three seconds."""
    threading.Timer(LATER_SECONDS, _receive_post, kwargs=given).start()
    return open311.Receipt(token="soon")


open311.receive_post = receive_later

__all__ = ["application"]
