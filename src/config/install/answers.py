"""What the person who installs has to say, checked; and the secrets that nobody has to think of."""

import ipaddress
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

PROXIES = ("caddy", "nginx")
_HOST = re.compile(r"^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$")
_MAIL = re.compile(r"^[A-Za-z0-9._%+-]+@([A-Za-z0-9-]+\.)+[A-Za-z]{2,}$")
_PLAIN = re.compile(r"^[\w@%+=:,./ <>()&;!?#~*\[\]{}|^-]*$")
_SMTP_TLS = ("starttls", "tls", "none")


@dataclass(frozen=True)
class Answers:
    """What differs between two cities' hosts. Folders are as the host sees them, without `--root`."""

    site: str
    mail_from: str
    release: Path
    proxy: str = "caddy"
    smtp_host: str = "localhost"
    smtp_port: int = 25
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_tls: str = "none"
    certificate: str = ""
    certificate_key: str = ""
    postgres: int = 15
    cores: int = 2
    backup_recipients: tuple[str, ...] = ()
    backup_days: int = 90

    @property
    def host(self) -> str:
        return urlsplit(self.site).hostname or ""

    @property
    def mail_domain(self) -> str:
        return self.mail_from.rpartition("@")[2].rstrip(">").lower()

    @property
    def mail_address(self) -> str:
        return self.mail_from.rpartition("<")[2].rstrip(">").strip()


def faults(answers: Answers) -> list[str]:
    """One sentence for each answer that cannot stand; an empty list when all can."""
    from config.backups.keys import fault_of

    found = [
        (answers.proxy not in PROXIES, f"The proxy is {' or '.join(PROXIES)}, not {answers.proxy}."),
        (bad_site(answers.site), "The site is an https address with a full name, as in https://desk.example.gov."),
        (not _MAIL.match(answers.mail_address), "--mail-from needs an address, as in 'City Desk <desk@example.gov>'."),
        (not 0 < answers.smtp_port < 65536, f"{answers.smtp_port} is no port."),
        (answers.smtp_tls not in _SMTP_TLS, f"--smtp-tls is one of {', '.join(_SMTP_TLS)}."),
        (answers.backup_days < 1, f"{answers.backup_days} is no number of days after which backups go."),
        (answers.postgres < 15, f"PostgreSQL {answers.postgres} is too old; 15 or newer is needed."),
        (
            bool(answers.certificate) != bool(answers.certificate_key),
            "A certificate and its key are given together, or neither.",
        ),
        (
            bool(answers.smtp_password) and answers.smtp_tls == "none" and not is_near(answers.smtp_host),
            "The mail server's password would go over the network in the open. Give --smtp-tls starttls or tls.",
        ),
    ]
    said = [words for is_wrong, words in found if is_wrong]
    said += [words for key in answers.backup_recipients if (words := fault_of(key))]
    for name in ("site", "mail_from", "smtp_host", "smtp_user", "smtp_password", "certificate", "certificate_key"):
        if not _PLAIN.match(getattr(answers, name)):
            said.append(f"{name} has a sign that a settings file cannot hold (quotes, $, backslash, line end).")
    return said


def bad_site(site: str) -> bool:
    """Whether an address is no https address of a named host."""
    parts = urlsplit(site)
    return parts.scheme != "https" or bool(parts.path.strip("/")) or not _HOST.match(parts.hostname or "")


def is_near(host: str) -> bool:
    """Whether a host is this one."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def fresh_secrets() -> dict[str, str]:
    """A key and a token for the monitor, as the settings want them."""
    return {"CITYDESK_SECRET_KEY": secrets.token_urlsafe(64), "CITYDESK_METRICS_TOKEN": secrets.token_urlsafe(32)}


def read_env(text: str) -> dict[str, str]:
    """The values of a settings file as systemd and the shell read it: NAME="value" a line."""
    found = {}
    for line in text.splitlines():
        name, equals, value = line.partition("=")
        if equals and not name.startswith("#"):
            found[name.strip()] = value.strip().removeprefix('"').removesuffix('"')
    return found
