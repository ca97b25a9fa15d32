"""The line to the city's identity provider: the one call that a page waits for, so it may hold few and never long.

3 s to connect and 5 s for an answer; at most two people at a time wait in each web process, whose other threads go on
for the desk. A provider that did not answer is left alone for a quarter of a minute: whoever comes meanwhile is told
so at once, and may sign in with a password.
"""

import threading
from collections.abc import Callable
from time import monotonic
from typing import Any

from requests.exceptions import ConnectionError as NotReached
from requests.exceptions import Timeout

CONNECT_SECONDS, ANSWER_SECONDS = 3.0, 5.0
AT_ONCE, REST_SECONDS = 2, 15.0


class Line:
    """Who waits for the provider in this process, and until when it is left alone."""

    def __init__(self) -> None:
        self.places = threading.BoundedSemaphore(AT_ONCE)
        self.silent_until = 0.0

    def ask(self, request: Callable[..., Any], *words: Any, **more: Any) -> Any:
        """Make one call. Raises requests' errors; `ConnectionError` when nobody is asked at all."""
        if monotonic() < self.silent_until:
            raise NotReached("the identity provider did not answer just now")
        if not self.places.acquire(blocking=False):
            raise NotReached("too many wait for the identity provider")
        try:
            said = request(*words, **{"timeout": (CONNECT_SECONDS, ANSWER_SECONDS), **more})
        except (NotReached, Timeout):
            self.silent_until = monotonic() + REST_SECONDS
            raise
        finally:
            self.places.release()
        self.silent_until = 0.0
        return said


line = Line()
