"""Calls to programs outside: https only, never into a private network, no redirects, never long. For tasks alone.

The name is resolved once and the connection goes to that address, so a name that answers differently the second time
(DNS rebinding) reaches nothing. Hosts an administrator trusts by name (`CITYDESK_OUTWARD_TRUSTED`, "host:port"), such
as a department's system in the city's own network, may be private and without TLS.
"""

import http.client
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NoAnswer
from dataclasses import dataclass
from time import monotonic
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from citydesk.kernel import practice
from citydesk.kernel.errors import Invalid

CONNECT_SECONDS, TOTAL_SECONDS = 3.0, 10.0
MOST_BYTES = 1_000_000
# IPv6 ranges that carry an IPv4 address inside: what counts is the inner one.
_HOST = re.compile(r"[a-z0-9_.:-]+", re.IGNORECASE)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class NotAllowedOutward(Invalid):
    """The address may not be called: its scheme, its name, or where its name leads."""

    code = "address_refused"


class OutwardFailed(Exception):
    """Nothing was heard: the name, the connection, the time or the size. Trying again later is right."""


@dataclass(frozen=True)
class Heard:
    """An answer. Redirects are answers like others: nobody follows them."""

    status: int
    body: bytes
    content_type: str = ""
    location: str = ""
    retry_after: str = ""

    @property
    def is_fine(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True)
class Target:
    """Where a call goes: host and port of the address, and the path with its query."""

    host: str
    port: int
    path: str
    is_tls: bool
    is_trusted: bool


def target_of(url: str, trusted: frozenset[str] = frozenset()) -> Target:
    """The parts of an address that may be called; `trusted` ("host:port") is trusted beside the settings' hosts.

    Raises `NotAllowedOutward`; resolves no name.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port or (443 if parts.scheme == "https" else 80)
        host = (parts.hostname or "").rstrip(".").encode("idna").decode() if not _is_literal(parts) else parts.hostname
    except (ValueError, UnicodeError) as error:
        raise NotAllowedOutward("This is not an address of a program.", field="url") from error
    if not host or not _HOST.fullmatch(host) or parts.username is not None or parts.password is not None:
        raise NotAllowedOutward("This is not an address of a program.", field="url")
    if any(ord(sign) <= 32 or ord(sign) > 126 for sign in f"{parts.path}{parts.query}"):
        raise NotAllowedOutward("This is not an address of a program.", field="url")
    is_trusted = f"{host}:{port}" in settings.OUTWARD_TRUSTED | trusted
    if parts.scheme != "https" and not (parts.scheme == "http" and is_trusted):
        raise NotAllowedOutward("The address must begin with https.", field="url")
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    target = Target(host, port, path, parts.scheme == "https", is_trusted)
    if not is_trusted:
        _require_name(host)
    return target


def _is_literal(parts: SplitResult) -> bool:
    return ":" in (parts.hostname or "")


def _require_name(host: str) -> None:
    """Refuse names of no public host, and numbers that resolvers read as addresses ("2130706433", "0x7f.1")."""
    last = host.rpartition(".")[2]
    is_number = last.isdigit() or last.startswith("0x")
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal", ".home.arpa")):
        raise NotAllowedOutward("This address lies in a private network.", field="url")
    try:
        require_public(host)
    except ValueError:
        if is_number or ("." not in host):
            raise NotAllowedOutward("This address lies in a private network.", field="url") from None


def require_public(address: str) -> None:
    """Refuse an IP address that is not of the public internet. Raises `ValueError` for what is no address at all."""
    found: Any = ipaddress.ip_address(address)
    if found.version == 6:
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is None and found in _NAT64:
            inner = ipaddress.ip_address(int(found) & 0xFFFFFFFF)
        if inner is None and int(found) >> 32 == 0:  # ::a.b.c.d
            inner = ipaddress.ip_address(int(found) & 0xFFFFFFFF)
        found = inner or found
    # Site-local IPv6 (fec0::/10) has gone out of use and counts as global; in an old network it is private.
    is_local = found.version == 6 and found.is_site_local
    if is_local or not found.is_global or found.is_multicast or found.is_reserved:
        raise NotAllowedOutward("This address lies in a private network.", field="url")


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, or nothing heard within the time to connect. Raises `OutwardFailed`.

    The system's resolver knows no time of its own: it goes on in a thread that nobody waits for.
    """
    pool = ThreadPoolExecutor(1)
    try:
        asked = pool.submit(socket.getaddrinfo, host, port, 0, socket.SOCK_STREAM)
        found = [str(one[4][0]).partition("%")[0] for one in asked.result(timeout=CONNECT_SECONDS)]
    except (OSError, NoAnswer, UnicodeError) as error:
        raise OutwardFailed("the name is not known") from error
    finally:
        pool.shutdown(wait=False)
    if not found:
        raise OutwardFailed("the name is not known")
    return found


def addresses_of(target: Target) -> list[str]:
    """Where the name leads; all of it must be public. Raises `NotAllowedOutward`, `OutwardFailed`."""
    found = resolve(target.host, target.port)
    if not target.is_trusted:
        for one in found:
            require_public(one)
    return found


def call(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    trusted: frozenset[str] = frozenset(),
    seconds: float | None = None,
    most_bytes: int = MOST_BYTES,
) -> Heard:
    """Call a program: 3 s to connect, 10 s in all, 1 MB of answer, unless the caller can wait for more.

    Raises `NotAllowedOutward` (in a practice city for every address), `OutwardFailed`.
    """
    if practice.is_practice():
        raise NotAllowedOutward(str(practice.NOT_SENT), field="url")
    began, most = monotonic(), TOTAL_SECONDS if seconds is None else seconds
    target = target_of(url, trusted)
    address = addresses_of(target)[0]
    try:
        line: socket.socket = socket.create_connection((address, target.port), timeout=CONNECT_SECONDS)
    except OSError as error:
        raise OutwardFailed("no connection") from error
    try:
        left = max(0.1, most - (monotonic() - began))
        line.settimeout(left)
        line = _with_tls(line, target)
        # Whoever sends a byte a second never runs into a timeout of the socket: the clock ends the line. It must hold
        # the very line that is spoken on: wrapped for TLS it is another one, and the first is none any more.
        clock = threading.Timer(left, _end, (line,))
        clock.daemon = True
        clock.start()
        try:
            heard = _on_line(line, target, method, headers or {}, body, most_bytes)
        finally:
            clock.cancel()
        if monotonic() - began >= most:
            raise OutwardFailed("it took too long")
        return heard
    except (OSError, http.client.HTTPException) as error:
        raise OutwardFailed(type(error).__name__) from error
    finally:
        line.close()


def _with_tls(line: socket.socket, target: Target) -> socket.socket:
    """The line, wrapped where the target speaks TLS; hands are shaken later, under the clock."""
    if not target.is_tls:
        return line
    try:
        context = ssl.create_default_context()
        return context.wrap_socket(line, server_hostname=target.host, do_handshake_on_connect=False)
    except (OSError, ValueError):
        line.close()
        raise


def _on_line(
    line: socket.socket, target: Target, method: str, headers: Mapping[str, str], body: bytes, most_bytes: int
) -> Heard:
    if isinstance(line, ssl.SSLSocket):
        line.do_handshake()
    return _talk(line, target, method, headers, body, most_bytes)


def _talk(
    line: socket.socket, target: Target, method: str, headers: Mapping[str, str], body: bytes, most_bytes: int
) -> Heard:
    connection = http.client.HTTPConnection(target.host, target.port)
    connection.sock = line
    try:
        sent = {"User-Agent": "Citydesk", "Accept-Encoding": "identity", "Connection": "close", **headers}
        connection.request(method, target.path, body=body or None, headers=sent)
        answer = connection.getresponse()
        content = answer.read(most_bytes + 1)
        if len(content) > most_bytes:
            raise OutwardFailed("the answer is too long")
        said = {name: answer.headers.get(name, "") for name in ("Content-Type", "Location", "Retry-After")}
        return Heard(answer.status, content, said["Content-Type"], said["Location"], said["Retry-After"])
    finally:
        connection.close()


def _end(line: socket.socket) -> None:
    try:
        # The socket's own way, also under TLS: TLS would first forget its state, which another thread is reading with.
        socket.socket.shutdown(line, socket.SHUT_RDWR)
    except OSError:
        line.close()
