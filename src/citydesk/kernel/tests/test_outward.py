"""Calls outside reach no private network, by no spelling and by no name that leads there; they are short and plain."""

import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from citydesk.kernel import outward
from citydesk.kernel.outward import NotAllowedOutward, OutwardFailed, addresses_of, call, require_public, target_of

REFUSED = """
http://example.org/ ftp://example.org/ file:///etc/passwd gopher://example.org/ https:/// https://user@example.org/
https://user:secret@example.org/ javascript:alert(1) example.org https://localhost/ https://localhost./ https://LOCALHOST/
https://a.localhost/ https://printer.local/ https://db.internal/ https://router.home.arpa/ https://intranet/
https://127.0.0.1/ https://127.1/ https://127.0.1/ https://0/ https://0.0.0.0/ https://2130706433/ https://0x7f000001/
https://0x7f.1/ https://0177.0.0.1/ https://017700000001/ https://10.0.0.1/ https://10.255.255.255/ https://172.16.0.1/
https://172.31.255.255/ https://192.168.0.1/ https://169.254.169.254/latest/meta-data/ https://169.254.0.1/
https://100.64.0.1/ https://192.0.0.1/ https://192.0.2.1/ https://198.18.0.1/ https://198.51.100.1/ https://203.0.113.1/
https://224.0.0.1/ https://240.0.0.1/ https://255.255.255.255/ https://[::1]/ https://[::]/ https://[fe80::1]/
https://[fc00::1]/ https://[fd00:ec2::254]/ https://[ff02::1]/ https://[::ffff:127.0.0.1]/ https://[::ffff:7f00:1]/
https://[::ffff:10.0.0.1]/ https://[::ffff:169.254.169.254]/ https://[64:ff9b::7f00:1]/ https://[64:ff9b::a9fe:a9fe]/
https://[fec0::1]/ https://[64:ff9b:1::7f00:1]/
https://[2002:7f00:1::]/ https://[2002:a00:1::]/ https://[::127.0.0.1]/ https://[2001:db8::1]/ https://127.0.0.1:8000/
https://example.org:99999/ https://exa%00mple.org/ https://127.0.0.1%2f.example.org/
""".split()  # noqa: SIM905 - sixty strings read better as words


@pytest.mark.parametrize("url", REFUSED)
def test_addresses_that_are_no_public_https_are_refused(url):
    # What only a resolver reads as an address of this machine is refused where it is resolved.
    with pytest.raises((NotAllowedOutward, OutwardFailed)):
        addresses_of(target_of(url))


def test_there_are_at_least_sixty_of_them():
    assert len(REFUSED) >= 60


@pytest.mark.parametrize(
    "url", ["https://example.org/a?b=c", "https://93.184.216.34/", "https://[2606:4700::1111]:8443/"]
)
def test_public_addresses_pass(url):
    assert target_of(url).is_tls


@pytest.mark.django_db
@pytest.mark.parametrize("inner", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fe80::1", "::ffff:192.168.1.1"])
def test_a_public_name_that_leads_inside_is_refused_even_among_public_addresses(monkeypatch, inner):
    answers = [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", (inner, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args: answers)
    with pytest.raises(NotAllowedOutward):
        call("GET", "https://example.org/")


@pytest.mark.django_db
def test_the_name_is_asked_once_and_that_address_is_called(monkeypatch):
    asked, called = [], []

    def resolve(*args):
        asked.append(args)
        return [(2, 1, 6, "", ("93.184.216.34" if len(asked) == 1 else "127.0.0.1", 443))]

    def connect(address, timeout):
        called.append(address)
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(OutwardFailed):
        call("GET", "https://example.org/")
    assert (len(asked), called) == (1, [("93.184.216.34", 443)])


def test_require_public_says_when_it_is_no_address():
    with pytest.raises(ValueError, match="not appear"):
        require_public("example.org")


class Program:
    """A program on this machine that says what it is told to."""

    def __init__(self, say: bytes, ends: threading.Event | None = None) -> None:
        self.say, self.ends = say, ends
        self.heard = b""
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        line, _address = self.socket.accept()
        self.heard = line.recv(65536)
        line.sendall(self.say)
        if self.ends is not None:
            self.ends.wait(20)
        line.close()


@pytest.mark.django_db
def test_a_trusted_program_is_called_and_a_redirect_is_not_followed(settings):
    program = Program(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 2\r\n\r\nno")
    settings.OUTWARD_TRUSTED = frozenset({f"127.0.0.1:{program.port}"})
    heard = call("POST", f"http://127.0.0.1:{program.port}/hook?a=b", headers={"X-A": "1"}, body=b"{}")
    assert (heard.status, heard.body, heard.is_fine) == (302, b"no", False)
    assert program.heard.startswith(b"POST /hook?a=b HTTP/1.1") and b"X-A: 1" in program.heard


@pytest.mark.django_db
def test_who_says_too_much_or_nothing_is_ended(settings, monkeypatch):
    monkeypatch.setattr(outward, "TOTAL_SECONDS", 0.5)
    ends = threading.Event()
    silent, long = Program(b"HTTP/1.1 200 OK\r\n", ends), Program(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1_000_002)
    settings.OUTWARD_TRUSTED = frozenset({f"127.0.0.1:{one.port}" for one in (silent, long)})
    began = time.monotonic()
    with pytest.raises(OutwardFailed):
        call("GET", f"http://127.0.0.1:{silent.port}/")
    assert time.monotonic() - began < 5
    ends.set()
    monkeypatch.setattr(outward, "TOTAL_SECONDS", 10.0)
    with pytest.raises(OutwardFailed):
        call("GET", f"http://127.0.0.1:{long.port}/")


@pytest.fixture
def certified(tmp_path, monkeypatch):
    """A certificate of this machine that calls outside trust; returns what a program answers TLS with."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    own = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "own.pem").write_bytes(pem + own)
    answers = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    answers.load_cert_chain(tmp_path / "own.pem")
    real = ssl.create_default_context
    monkeypatch.setattr(ssl, "create_default_context", lambda: real(cadata=pem.decode()))
    return answers


class Slow:
    """A program that speaks TLS and then sends a byte now and then, for as long as somebody listens."""

    def __init__(self, answers: ssl.SSLContext, *, shakes_hands: bool) -> None:
        self.answers, self.shakes_hands = answers, shakes_hands
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        line, _address = self.socket.accept()
        end = time.monotonic() + 15
        try:
            if self.shakes_hands:
                line = self.answers.wrap_socket(line, server_side=True)
                line.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
            while time.monotonic() < end:
                line.sendall(b"x" if self.shakes_hands else b"\x16")
                time.sleep(0.1)
        except OSError:
            line.close()


@pytest.mark.django_db
@pytest.mark.parametrize("shakes_hands", [True, False])
def test_who_sends_a_byte_now_and_then_through_tls_is_ended_too(settings, monkeypatch, certified, shakes_hands):
    monkeypatch.setattr(outward, "TOTAL_SECONDS", 0.7)
    program = Slow(certified, shakes_hands=shakes_hands)
    settings.OUTWARD_TRUSTED = frozenset({f"localhost:{program.port}"})
    began = time.monotonic()
    with pytest.raises(OutwardFailed):
        call("GET", f"https://localhost:{program.port}/")
    assert time.monotonic() - began < 5


@pytest.mark.django_db
def test_a_certificate_of_another_name_or_of_nobody_is_refused(settings, certified):
    program = Slow(certified, shakes_hands=True)
    settings.OUTWARD_TRUSTED = frozenset({f"127.0.0.1:{program.port}"})
    with pytest.raises(OutwardFailed, match="CertVerification"):
        call("GET", f"https://127.0.0.1:{program.port}/")
