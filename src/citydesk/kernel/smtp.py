"""Mail to the city's server: never long, and not at all for a while after it let several wait.

3 s to connect, 10 s in all for one message, whatever the server does in between: the clock ends the line. A server
that does not answer is left alone for half a minute, so that a hundred letters to it cost three waits and not a
hundred. Only whether the message's text was begun decides if it may have arrived (`may_have_arrived`).
"""

import smtplib
import socket
import threading
from contextlib import suppress
from time import monotonic
from typing import Any

from django.core.mail.backends.smtp import EmailBackend

from citydesk.kernel.outward import OutwardFailed, resolve

CONNECT_SECONDS, TOTAL_SECONDS = 3.0, 10.0
REST_AFTER, REST_SECONDS = 3, 30.0


class ServerRests(OSError):
    """The mail server did not answer just now; it is not asked again yet."""


class Rest:
    """How often in a row the server did not answer, and until when it is left alone. Shared by all threads."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.failures, self.until = 0, 0.0

    def require_over(self) -> None:
        """Raises `ServerRests` while it lasts. When it is over one may try; the others wait for what comes of it."""
        with self.lock:
            if self.failures < REST_AFTER:
                return
            if monotonic() < self.until:
                raise ServerRests("the mail server did not answer just now")
            self.until = monotonic() + REST_SECONDS

    def note(self, *, is_fine: bool) -> None:
        """Remember what came of a connection."""
        with self.lock:
            self.failures = 0 if is_fine else self.failures + 1
            if not is_fine and self.failures >= REST_AFTER:
                self.until = monotonic() + REST_SECONDS


rest = Rest()


class _Watched(smtplib.SMTP):
    """A line to the server that ends at its time, and knows whether a message's text was begun."""

    has_begun_text = False
    clock: threading.Timer | None = None

    def _get_socket(self, host: str, port: int, timeout: float) -> Any:
        self.clock = threading.Timer(TOTAL_SECONDS, self._end)
        self.clock.daemon = True
        self.clock.start()
        line = super()._get_socket(resolve(host, port)[0], port, CONNECT_SECONDS)  # type: ignore[misc]  # private in the stubs
        line.settimeout(TOTAL_SECONDS)
        return line

    def send(self, s: Any) -> None:
        # Commands are sent as text; a message's own text, once the server has asked for it, as bytes.
        self.has_begun_text = self.has_begun_text or isinstance(s, bytes)
        super().send(s)

    def close(self) -> None:
        if self.clock is not None:
            self.clock.cancel()
        super().close()

    def _end(self) -> None:
        """Whoever sends a byte a second never runs into a timeout of the socket: the clock ends the line."""
        line = self.sock
        if line is not None:
            with suppress(OSError):
                # The socket's own way: TLS would first forget its state, which another thread is reading with.
                socket.socket.shutdown(line, socket.SHUT_RDWR)


class _WatchedByTls(_Watched, smtplib.SMTP_SSL):
    """The same on a line that speaks TLS from its first byte."""


class Backend(EmailBackend):
    """Django's SMTP with bounds; named by CITYDESK_EMAIL_BACKEND or in place of Django's own."""

    _partial_connection: Any

    @property
    def connection_class(self) -> Any:
        return _WatchedByTls if self.use_ssl else _Watched

    @property
    def may_have_arrived(self) -> bool:
        """Whether the text of a message was begun on this line: then nobody knows what became of it."""
        line: Any = self.connection
        return line is None or bool(line.has_begun_text)

    def open(self) -> bool | None:
        """Raises `OSError` (`ServerRests` among them) when the server does not let us in."""
        if self.connection:
            return False
        rest.require_over()
        try:
            is_new = super().open()
        except smtplib.SMTPResponseException:
            rest.note(is_fine=True)  # it answers, though it refuses
            raise
        except (OSError, OutwardFailed) as error:
            rest.note(is_fine=False)
            if self._partial_connection is not None:
                self._partial_connection.close()
                self._partial_connection = None
            raise error if isinstance(error, OSError) else OSError(str(error)) from error
        rest.note(is_fine=True)
        return is_new

    def close(self) -> None:
        """End the line; a server that hangs even now is not waited for."""
        try:
            super().close()
        except OSError:
            if self.connection is not None:
                self.connection.close()
            self.connection = None
