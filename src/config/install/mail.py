"""Whether mail from here will be believed: the server that takes it, SPF and DKIM of the domain, in words."""

import secrets
import smtplib
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

TXT = 16
SECONDS = 3.0


@dataclass(frozen=True)
class Advice:
    """State ok, warn or bad, and what to do."""

    about: str
    state: str
    words: str


def resolver() -> str:
    """The first name server of this host; an empty text when none is set."""
    try:
        lines = Path("/etc/resolv.conf").read_text().splitlines()
    except OSError:
        return ""
    return next((line.split()[1] for line in lines if line.startswith("nameserver ") and len(line.split()) > 1), "")


def txt_records(name: str, server: str = "", port: int = 53) -> list[str] | None:
    """The TXT records of a name; None when nobody answers within three seconds."""
    server = server or resolver()
    if not server:
        return None
    number = secrets.randbelow(65536)
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.rstrip(".").split("."))
    question = struct.pack(">HHHHHH", number, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">HH", TXT, 1)
    family = socket.AF_INET6 if ":" in server else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as line:
        line.settimeout(SECONDS)
        try:
            line.connect((server, port))
            line.send(question)
            said = line.recv(4096)
        except OSError:
            return None
    if len(said) < 12 or struct.unpack(">H", said[:2])[0] != number:
        return None
    try:
        return list(texts_in(said))
    except (IndexError, struct.error):
        return None


def texts_in(said: bytes) -> list[str]:
    """The TXT answers of a DNS message. Raises `IndexError` or `struct.error` for a broken one."""
    answers = struct.unpack(">H", said[6:8])[0]
    place = after_name(said, 12) + 4
    found = []
    for _ in range(answers):
        place = after_name(said, place)
        kind, _kind_of_net, _ttl, length = struct.unpack(">HHIH", said[place : place + 10])
        place += 10
        if kind == TXT:
            found.append(joined(said[place : place + length]))
        place += length
    return found


def after_name(said: bytes, place: int) -> int:
    while said[place]:
        if said[place] >= 0xC0:
            return place + 2
        place += said[place] + 1
    return place + 1


def joined(data: bytes) -> str:
    """One record's strings, put together as the standard asks."""
    text, place = b"", 0
    while place < len(data):
        text += data[place + 1 : place + 1 + data[place]]
        place += data[place] + 1
    return text.decode("ascii", "replace")


def advise(
    *, domain: str, smtp_host: str, selector: str = "", ask: Callable[[str], list[str] | None] = txt_records
) -> list[Advice]:
    """SPF, DKIM and DMARC of the domain that mail is sent from."""
    return [spf(domain, smtp_host, ask(domain)), dkim(domain, selector, ask), dmarc(domain, ask(f"_dmarc.{domain}"))]


def spf(domain: str, smtp_host: str, said: list[str] | None) -> Advice:
    wanted = f'a TXT record at {domain} such as "v=spf1 a:{smtp_host} -all" that names the mail server which sends'
    if said is None:
        return Advice("SPF", "warn", f"could not be looked up from here. It should be {wanted}.")
    records = [one for one in said if one.lower().startswith("v=spf1")]
    if not records:
        return Advice("SPF", "bad", f"{domain} has none, so receivers may drop the city's mail. Publish {wanted}.")
    if len(records) > 1:
        return Advice("SPF", "bad", f"{domain} has {len(records)} records; more than one counts as none. Merge them.")
    if records[0].split()[-1].lower() in ("+all", "all"):
        return Advice("SPF", "bad", f"{domain} lets the whole world send in its name (+all). End the record with -all.")
    return Advice("SPF", "ok", f"{records[0]} - check that it names the server that sends ({smtp_host}).")


def dkim(domain: str, selector: str, ask: Callable[[str], list[str] | None]) -> Advice:
    how = (
        "Citydesk does not sign itself: let the mail server sign as the domain (rspamd or opendkim on a relay of your "
        f"own, a switch at a provider) and publish its key at <selector>._domainkey.{domain}"
    )
    if not selector:
        return Advice("DKIM", "warn", f"not looked up. {how}; then check it with --dkim-selector.")
    name = f"{selector}._domainkey.{domain}"
    said = ask(name)
    if said is None:
        return Advice("DKIM", "warn", f"{name} could not be looked up from here. {how}.")
    keys = [one for one in said if "p=" in one]
    if not keys:
        return Advice("DKIM", "bad", f"{name} has no key. {how}.")
    if "p=;" in keys[0].replace(" ", "") or keys[0].replace(" ", "").endswith("p="):
        return Advice("DKIM", "bad", f"{name} has been withdrawn (its key is empty). {how}.")
    return Advice("DKIM", "ok", f"{name} has a key.")


def dmarc(domain: str, said: list[str] | None) -> Advice:
    wanted = f'_dmarc.{domain} with "v=DMARC1; p=quarantine; rua=mailto:postmaster@{domain}"'
    if said is None:
        return Advice("DMARC", "warn", f"could not be looked up from here. Publish {wanted}.")
    if not any(one.lower().startswith("v=dmarc1") for one in said):
        return Advice("DMARC", "warn", f"{domain} has none. Once SPF and DKIM hold, publish {wanted}.")
    return Advice("DMARC", "ok", "published.")


def greet(host: str, port: int, tls: str = "none") -> Advice:
    """Whether the mail server answers and offers what the settings ask; three seconds at most for each step."""
    kind = smtplib.SMTP_SSL if tls == "tls" else smtplib.SMTP
    try:
        with kind(host, port, timeout=SECONDS) as line:
            line.ehlo()
            if tls == "starttls" and not line.has_extn("starttls"):
                return Advice("SMTP", "bad", f"{host}:{port} does not offer STARTTLS. Use --smtp-tls tls, or none.")
            if tls == "starttls":
                line.starttls()
    except (OSError, smtplib.SMTPException) as error:
        return Advice("SMTP", "bad", f"{host}:{port} cannot be reached or refuses: {error}. Mail waits until it does.")
    return Advice("SMTP", "ok", f"{host}:{port} answers.")
