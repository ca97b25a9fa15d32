"""What the host and its neighbors tell: disk, certificate, mail server, keys, backups, time, served files."""

import json
import shutil
import socket
import ssl
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from config.doctor.finding import BAD, OK, WARN, Finding, span

LEAST_SHARE, LOW_SHARE = 0.10, 0.20
BACKUP_HOURS, DRILL_DAYS = 26, 35
CERTIFICATE_DAYS = 14
SECONDS = 3.0


def disk() -> Finding:
    """The fuller of two disks: the files' and, where it is this host's, the database's."""
    from django.conf import settings

    from citydesk.kernel.health import database_free_share, free_share

    share = min(free_share(Path(settings.MEDIA_ROOT)), database_free_share())
    if share < LEAST_SHARE:
        return Finding("disk", BAD, f"only {share:.0%} is free. When it is full, nothing can be saved: make room now.")
    if share < LOW_SHARE:
        return Finding("disk", WARN, f"{share:.0%} is free. Make room before a tenth is left.")
    return Finding("disk", OK, f"{share:.0%} is free where files and database are kept.")


def mail() -> Finding:
    """Whether mail leaves, and in whose name."""
    from django.conf import settings

    from config.install.mail import greet

    backend = settings.EMAIL_THROUGH.rpartition(".")[0].rpartition(".")[2]
    if backend in ("console", "locmem", "dummy"):
        state = BAD if settings.PRODUCTION else WARN
        return Finding(
            "mail",
            state,
            "is written to the log and reaches nobody. Set CITYDESK_EMAIL_BACKEND and CITYDESK_SMTP_HOST.",
        )
    if settings.DEFAULT_FROM_EMAIL.endswith("@localhost>"):
        return Finding("mail", BAD, "goes out in the name of localhost. Set CITYDESK_MAIL_FROM.")
    tls = "tls" if settings.EMAIL_USE_SSL else "starttls" if settings.EMAIL_USE_TLS else "none"
    found = greet(settings.EMAIL_HOST, settings.EMAIL_PORT, tls)
    return Finding("mail", found.state, found.words)


def secrets() -> Finding:
    from django.conf import settings

    if settings.PRODUCTION and not settings.SECURE:
        return Finding("secrets", BAD, "cookies go over plain HTTP. Set CITYDESK_SITE_URL to the https address.")
    if settings.SECRET_KEY.startswith("development-only"):
        return Finding(
            "secrets", BAD if settings.PRODUCTION else WARN, "the development key is in use. Set CITYDESK_SECRET_KEY."
        )
    return Finding("secrets", OK, "the key is set.")


def assets() -> Finding:
    from django.contrib.staticfiles.finders import find

    if not find("vendor/uswds/css/uswds.min.css"):
        return Finding("assets", BAD, "the style sheets are missing. Run: python tools/assets.py")
    return Finding("assets", OK, "style sheets, map and charts are there.")


def backup() -> Finding:
    """When the last backup was made here."""
    note = noted("backup")
    if not note:
        state = BAD if is_production() else WARN
        return Finding("backup", state, "none was made from here. Run: citydesk backup --base --into FOLDER")
    age = datetime.now(UTC) - datetime.fromisoformat(note["at"])
    words = f"the last was {span(age.total_seconds())} ago, in {note['folder']}."
    if age > timedelta(hours=BACKUP_HOURS):
        return Finding("backup", BAD, f"{words} Look at: journalctl -u citydesk-backup")
    if not Path(note["folder"]).exists():
        return Finding("backup", BAD, f"{words} It is no longer there.")
    return Finding("backup", OK, words)


def drill() -> Finding:
    """When it was last proved that a backup can be restored."""
    note = noted("drill")
    if not note:
        return Finding("drill", WARN, "no restore was ever tried. Run: citydesk drill")
    age = datetime.now(UTC) - datetime.fromisoformat(note["at"])
    if note["faults"]:
        return Finding("drill", BAD, f"the last restore did not hold: {note['faults'][0]}")
    if age > timedelta(days=DRILL_DAYS):
        return Finding("drill", WARN, f"the last was {span(age.total_seconds())} ago. Run: citydesk drill")
    return Finding("drill", OK, f"a restore held {span(age.total_seconds())} ago.")


def sealing() -> Finding:
    """Whether a copy of the backups tells a stranger anything; judged by what lies there, not by what is meant."""
    from config.backups import keys, pieces
    from config.cli.backup import archive_folder

    recipients, note = keys.recipients(), noted("backup")
    if not recipients:
        words = "backups and the log are NOT encrypted: whoever gets a copy reads everything. See docs/admin/backup.md"
        return Finding("sealing", WARN, words)
    if note and not note.get("sealed"):
        return Finding("sealing", WARN, "the last backup was made before there were keys. Run: citydesk backup")
    newest = pieces.newest(archive_folder())
    if newest and not pieces.is_sealed(newest):
        words = f"the log's piece {newest.name} lies in the clear: run citydesk install again, and look at its changes."
        return Finding("sealing", BAD, words)
    return Finding("sealing", OK, f"backups and log are sealed for {len(recipients)} keys.")


def kept() -> Finding:
    """Whether a backup outlived what the city may keep."""
    from config.backups import base
    from config.cli.backup import archive_folder

    days, folder = base.longest_days(), archive_folder().parent
    old = base.outlived(folder, days, datetime.now(UTC)) if folder.is_dir() else []
    if old:
        words = f"{len(old)} are older than {days} days, {old[0].name} first; the next nightly backup removes them."
        return Finding("kept backups", WARN, words)
    return Finding("kept backups", OK, f"none is older than {days} days.")


def noted(name: str) -> dict[str, Any]:
    """What one of the operator's commands kept; empty when it never ran."""
    from django.conf import settings

    place = Path(settings.VAR_DIR) / f"operation/{name}.json"
    return dict(json.loads(place.read_text())) if place.exists() else {}


def is_production() -> bool:
    from django.conf import settings

    return bool(settings.PRODUCTION)


def tls() -> Finding:
    """The certificate that browsers see."""
    from django.conf import settings

    site = urlsplit(settings.SITE_URL)
    if site.scheme != "https":
        return Finding(
            "tls", BAD if is_production() else WARN, "the site is plain HTTP: passwords can be read on the way."
        )
    try:
        days = days_of_certificate(site.hostname or "", site.port or 443)
    except ssl.SSLCertVerificationError as error:
        return Finding("tls", BAD, f"browsers refuse the certificate: {getattr(error, 'verify_message', error)}.")
    except OSError as error:
        return Finding(
            "tls", BAD, f"{site.hostname} does not answer on {site.port or 443}: {error}. Is the proxy running?"
        )
    if days < CERTIFICATE_DAYS:
        return Finding("tls", BAD, f"the certificate ends in {days} days. Does the proxy renew it?")
    return Finding("tls", OK, f"the certificate holds for {days} days.")


def days_of_certificate(host: str, port: int) -> int:
    """Days until the certificate ends. Raises `OSError`, for one that is not believed `SSLCertVerificationError`."""
    with (
        socket.create_connection((host, port), timeout=SECONDS) as plain,
        ssl.create_default_context().wrap_socket(plain, server_hostname=host) as line,
    ):
        ends = ssl.cert_time_to_seconds(str((line.getpeercert() or {})["notAfter"]))
    return int((ends - datetime.now(UTC).timestamp()) // 86400)


def time_service() -> Finding:
    """Whether something keeps this host's clock right."""
    found = shutil.which("timedatectl")
    words = [found or "", "show", "-P", "NTPSynchronized"]
    said = subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip() if found else ""
    if said == "yes":
        return Finding("time", OK, "the clock is kept by the network's time.")
    if said == "no":
        return Finding("time", BAD, "nothing keeps the clock right. Install systemd-timesyncd or chrony.")
    return Finding("time", WARN, "it cannot be told whether something keeps the clock right.")
