"""`citydesk install`: Citydesk on one Debian host, for production. Run again, it changes nothing that is right.

Exit codes: 0 everything stands, 1 it stands but the mail advice found something bad, 3 an answer is refused, 4 a step
did not finish (what it said is shown; run it again).
"""

import argparse
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from config.backups.base import LONGEST_DAYS
from config.install import mail
from config.install.answers import Answers, faults, read_env
from config.install.files import ENV_PATH
from config.install.host import Host
from config.install.steps import install, postgres_version
from config.launcher.errors import LauncherRefused
from config.launcher.server import ROOT


def register(parser: argparse.ArgumentParser) -> None:
    say = parser.add_argument
    say("--site", default="", help="the address people use, e.g. https://desk.example.gov")
    say("--mail-from", default="", help="sender of all mail, e.g. 'City Desk <desk@example.gov>'")
    say("--proxy", choices=("caddy", "nginx"), default="", help="reverse proxy (default caddy)")
    say("--certificate", default="", help="the city's own certificate chain (default: the proxy's own way)")
    say("--certificate-key", default="", help="its key")
    say("--smtp-host", default="", help="mail server that takes our mail (default localhost)")
    say("--smtp-port", type=int, default=0, help="its port (default 25; 587 with starttls, 465 with tls)")
    say("--smtp-tls", choices=("starttls", "tls", "none"), default="", help="how the line is closed (default none)")
    say("--smtp-user", default="", help="name at the mail server; its password is asked by CITYDESK_SMTP_PASSWORD")
    say(
        "--backup-recipient",
        action="append",
        default=[],
        help="public key that backups are sealed for; may be given more than once; `none`: seal them no longer",
    )
    say("--backup-days", type=int, default=0, help="days after which a backup goes, whatever it holds (default 90)")
    say("--dkim-selector", default="", help="selector of the domain's DKIM key, to have it looked up")
    say("--profile", default="", help="folder in profiles/ to load when no city is loaded yet")
    say("--release", type=Path, default=None, help="folder of the program on the host (default: this one)")
    say("--root", type=Path, default=Path("/"), help="write into this folder (a chroot) instead of /")
    say("--dry-run", action="store_true", help="say what would change, change nothing")
    say("--no-mail-check", action="store_true", help="ask no mail server and no name server")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace, console: Any) -> int:
    """Install, then report what changed and what mail needs."""
    from citydesk.kernel.errors import Invalid, ManyInvalid

    host = Host(root=given.root.resolve(), is_dry=given.dry_run)
    answers = answers_of(given, host)
    wrong = faults(answers)
    if wrong:
        raise ManyInvalid([Invalid(words) for words in wrong])
    if os.geteuid() != 0 and not host.is_dry and (host.is_here or host.is_system):
        raise LauncherRefused("Installing needs root: sudo .venv/bin/citydesk install ...")
    with console.progress("Installing"):
        install(answers, host, profile=given.profile)
    advice = [] if given.no_mail_check else look_at_mail(answers, given.dkim_selector)
    console.report(
        {
            "root": str(host.root),
            "dry_run": host.is_dry,
            "changed": host.changed,
            "same": host.same,
            "left": host.left,
            "mail": [asdict(one) for one in advice],
        },
        words_of(host, answers, advice),
    )
    return 1 if any(one.state == "bad" for one in advice) else 0


def answers_of(given: argparse.Namespace, host: Host) -> Answers:
    """The command line's answers; what it leaves out is as it was installed before, else as by default."""
    place = host.at(ENV_PATH)
    before = read_env(place.read_text()) if place.exists() and os.access(place, os.R_OK) else {}

    def said(word: str, name: str, otherwise: str = "") -> str:
        return getattr(given, word) or before.get(name, "") or otherwise

    tls = said("smtp_tls", "CITYDESK_SMTP_TLS", "none")
    port = {"starttls": "587", "tls": "465"}.get(tls, "25")
    return Answers(
        site=said("site", "CITYDESK_SITE_URL"),
        mail_from=said("mail_from", "CITYDESK_MAIL_FROM"),
        release=given.release or ROOT,
        proxy=said("proxy", "CITYDESK_PROXY", "caddy"),
        smtp_host=said("smtp_host", "CITYDESK_SMTP_HOST", "localhost"),
        smtp_port=given.smtp_port or int(before.get("CITYDESK_SMTP_PORT", port)),
        smtp_user=said("smtp_user", "CITYDESK_SMTP_USER"),
        smtp_password=os.environ.get("CITYDESK_SMTP_PASSWORD") or before.get("CITYDESK_SMTP_PASSWORD", ""),
        smtp_tls=tls,
        certificate=said("certificate", "CITYDESK_CERTIFICATE"),
        certificate_key=said("certificate_key", "CITYDESK_CERTIFICATE_KEY"),
        postgres=postgres_version(host),
        cores=os.cpu_count() or 2,
        backup_recipients=recipients_of(given.backup_recipient, before),
        backup_days=given.backup_days or int(before.get("CITYDESK_BACKUP_DAYS") or LONGEST_DAYS),
    )


def recipients_of(said: list[str], before: dict[str, str]) -> tuple[str, ...]:
    """The public keys that were named now, else those of before; the word `none` takes them away."""
    if said:
        return tuple(key for key in said if key != "none")
    return tuple(before.get("CITYDESK_BACKUP_RECIPIENTS", "").split())


def look_at_mail(answers: Answers, selector: str) -> list[mail.Advice]:
    """The mail server, then the domain's records."""
    first = mail.greet(answers.smtp_host, answers.smtp_port, answers.smtp_tls)
    return [first, *mail.advise(domain=answers.mail_domain, smtp_host=answers.smtp_host, selector=selector)]


def words_of(host: Host, answers: Answers, advice: list[mail.Advice]) -> str:
    """What a person reads at the end."""
    verb = "would change" if host.is_dry else "changed"
    lines = [f"{verb}: {one}" for one in host.changed]
    lines += [f"{len(host.same)} things were as they should be." if host.same else ""]
    lines += [f"left: {one}" for one in host.left]
    signs = {"ok": "ok  ", "warn": "look", "bad": "BAD "}
    lines += [f"{signs[one.state]}  {one.about:<6} {one.words}" for one in advice]
    if not answers.backup_recipients:
        lines.append(
            "look  backup Backups and the log are NOT encrypted: whoever gets a copy reads everything. Make a key pair"
            " on another machine (citydesk backup-key FILE) and give its public key: citydesk install"
            " --backup-recipient age1..."
        )
    if not host.is_dry and not host.left:
        lines.append(
            f"\nCitydesk stands at {answers.site}. Make the first administrator:\n"
            "  sudo citydesk user create NAME --name 'Given Family' --email NAME@city --role administrator\n"
            "and look at the whole: sudo citydesk doctor"
        )
    return "\n".join(line for line in lines if line)
