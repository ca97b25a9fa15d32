"""So much at once, a bounded number who wait, and a quick, honest 503 for the rest: the web process's waiting room.

A server that queues endlessly answers nobody in time. Here `at_once` threads work; whoever comes then waits in one of
two lines. The desk goes first, residents' pages and programs next (every fourth turn is theirs, so that none starves).
When a line is full, or when somebody's turn comes after so long that he has given up, the answer is 503 with
`Retry-After`, which costs a tenth of a millisecond. Nothing was begun then, so trying again is safe.

The threads that work are always the same ones: each keeps its one connection to the database, however many wait.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from tempfile import SpooledTemporaryFile
from time import monotonic
from typing import Any

from django.db import connections

AT_ONCE = "CITYDESK_WEB_AT_ONCE"
# Who may wait in each process. Thirty requests of thirty milliseconds are a second of a core.
DESK_WAITS, OTHERS_WAIT = 40, 24
# Nobody looks at an answer that comes later; and a line that moves that slowly must become shorter.
PATIENCE_SECONDS = 15.0
RETRY_SECONDS = 5
# People stood in the queue of the socket while a new program started: they come in all at once, and all are let in.
WARM_UP_SECONDS = 60.0
# Threads of the server beyond those who work or wait: they say 503, and that the process lives.
SPARE = 4
_OTHERS_TURN = 4
_IN_MEMORY = 2 * 1024 * 1024

StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


def threads_for(at_once: int) -> int:
    """How many threads the server needs so that all who may wait can, and one is left to turn the rest away."""
    return at_once + DESK_WAITS + OTHERS_WAIT + SPARE


class WaitingRoom:
    """A WSGI application around another one; see above."""

    def __init__(
        self,
        application: Application,
        at_once: int,
        *,
        patience: float = PATIENCE_SECONDS,
        warm_up: float = WARM_UP_SECONDS,
    ) -> None:
        """`warm_up` seconds long a line may be of any length."""
        self.application, self.patience = application, patience
        self.bounded_from = monotonic() + warm_up
        self.lines: dict[str, deque[_Turn]] = {"desk": deque(), "others": deque()}
        self.room = {"desk": DESK_WAITS, "others": OTHERS_WAIT}
        self.changed = threading.Condition()
        self.idle, self.turns = at_once, 0
        for number in range(at_once):
            threading.Thread(target=self._work, name=f"desk-{number}", daemon=True).start()

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO") == "/healthz/live":
            # Answered by whichever thread of the server there is, even when all who work are busy. There are dozens of
            # those: one that looked at the database must not keep its connection, or the server runs out of them.
            try:
                return self.application(environ, start_response)
            finally:
                connections.close_all()
        turn = _Turn(environ)
        if not self._is_let_in(turn):
            return busy(environ, start_response)
        status, headers, body = turn.answer.result()
        if status is None:
            return busy(environ, start_response)
        start_response(status, headers)
        return body

    def _is_let_in(self, turn: "_Turn") -> bool:
        with self.changed:
            line = self.lines[turn.line]
            if len(line) >= self.room[turn.line] + self.idle and monotonic() >= self.bounded_from:
                return False
            line.append(turn)
            self.changed.notify()
        return True

    def _next(self) -> "_Turn":
        with self.changed:
            while not any(self.lines.values()):
                self.changed.wait()
            self.turns += 1
            first, second = ("others", "desk") if self.turns % _OTHERS_TURN == 0 else ("desk", "others")
            self.idle -= 1
            return (self.lines[first] or self.lines[second]).popleft()

    def _work(self) -> None:
        while True:
            turn = self._next()
            try:
                turn.take(self.application, self.patience)
            finally:
                with self.changed:
                    self.idle += 1


class _Turn:
    """One request: who asks, since when, and the answer to come (no status: it came too late)."""

    def __init__(self, environ: dict[str, Any]) -> None:
        self.environ, self.began = environ, monotonic()
        self.line = "desk" if environ.get("PATH_INFO", "").startswith(("/desk/", "/accounts/", "/live/")) else "others"
        self.answer: Future[tuple[str | None, list[tuple[str, str]], Iterable[bytes]]] = Future()

    def take(self, application: Application, patience: float) -> None:
        """Answer it in this thread, unless it has waited too long."""
        if monotonic() - self.began > patience:
            self.answer.set_result((None, [], []))
            return
        said: list[Any] = ["500 Internal Server Error", []]

        def start_response(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
            said[:] = status, headers

        try:
            response = application(self.environ, start_response)
            self.answer.set_result((said[0], said[1], _whole(response)))
        except BaseException as error:
            self.answer.set_exception(error)


def _whole(response: Any) -> Iterable[bytes]:
    """The body, made to its end here: neither a slow reader nor a long file holds a thread that others wait for."""
    if not getattr(response, "streaming", True):
        try:
            return list(response)
        finally:
            response.close()
    if getattr(response, "file_to_stream", None) is not None:  # a file on disk: nothing is left to be made
        return response  # type: ignore[no-any-return]  # the wrapped application is untyped
    try:
        kept: Any = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed by its reader
        for piece in response:
            kept.write(piece)
    finally:
        if hasattr(response, "close"):
            response.close()
    kept.seek(0)
    return _Kept(kept)


class _Kept:
    """A long answer in pieces, from memory or a temporary file."""

    def __init__(self, file: Any) -> None:
        self.file = file

    def __iter__(self) -> Any:
        return iter(lambda: self.file.read(65536), b"")

    def close(self) -> None:
        self.file.close()


_PAGE = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Very busy</title></head><body><main>'
    "<h1>Very busy right now</h1><p>Nothing was begun. Go back and try again in a few seconds.</p>"
    '<h2 lang="es">Hay mucho trabajo ahora</h2><p lang="es">No se inició nada. Regrese e intente de nuevo en unos '
    "segundos.</p></main></body></html>"
)
_WORDS = "Very busy right now. Nothing was begun; try again in a few seconds."


def busy(environ: dict[str, Any], start_response: StartResponse) -> list[bytes]:
    """503 in the form that was asked for; touches neither database nor templates."""
    from citydesk.kernel.metrics import REFUSALS

    REFUSALS.labels("too_busy").inc()
    path = environ.get("PATH_INFO", "")
    if path.startswith("/open311/") and not path.endswith(".xml"):
        kind, text = "application/json", f'[{{"code": 503, "description": "{_WORDS}"}}]'
    elif path.startswith("/open311/"):
        kind = "text/xml"
        text = (
            '<?xml version="1.0" encoding="utf-8"?>\n<errors><error><code>503</code>'
            f"<description>{_WORDS}</description></error></errors>"
        )
    elif path.startswith("/api/"):
        kind, text = "application/json", f'{{"code": "too_busy", "message": "{_WORDS}", "field": "", "hint": ""}}'
    else:
        kind, text = "text/html", _PAGE
    body = text.encode()
    headers = [
        ("Content-Type", f"{kind}; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Retry-After", str(RETRY_SECONDS)),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", "default-src 'none'"),
    ]
    start_response("503 Service Unavailable", headers)
    return [body]
