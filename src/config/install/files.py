"""Every file that `citydesk install` writes, as text: nothing here touches the host."""

import secrets
from dataclasses import dataclass

from config.install import proxies
from config.install.answers import Answers, fresh_secrets
from config.install.units import BACKUPS, CURRENT, ETC, EVENTS_PORT, OPT, VAR, WEB_PORT, units

ENV_PATH = f"{ETC}/citydesk.env"
# What web, worker and event process must never read: as whom tables are changed, and as whom everything is copied out.
OWNER_PATH, BACKUP_PATH = f"{ETC}/owner.env", f"{ETC}/backup.env"
NGINX_ENABLED = "/etc/nginx/sites-enabled/citydesk"
# What the installer writes once: a key, a token, and where the database is, which may move to a host of its own.
KEPT = ("CITYDESK_SECRET_KEY", "CITYDESK_METRICS_TOKEN", "DATABASE_URL")


@dataclass(frozen=True)
class HostFile:
    """A file of the host: where, what, who may read it."""

    path: str
    text: str
    mode: int = 0o644
    owner: str = "root:root"


@dataclass(frozen=True)
class HostFolder:
    """A folder of the host."""

    path: str
    mode: int
    owner: str


FOLDERS = (
    HostFolder(ETC, 0o755, "root:root"),
    HostFolder(OPT, 0o755, "root:root"),
    HostFolder(VAR, 0o750, "citydesk:citydesk"),
    # The database server walks through to its archive, and sees nothing on the way.
    HostFolder(BACKUPS, 0o711, "citydesk:citydesk"),
    HostFolder(f"{BACKUPS}/wal", 0o2770, "postgres:citydesk"),
)

OWN_DATABASE = "postgresql://citydesk@/citydesk?host=/var/run/postgresql"
# Role, where its address stands, by which name. The services' user of the system is the app role alone.
SECRET_ROLES = (
    ("citydesk_owner", OWNER_PATH, "CITYDESK_OWNER_URL"),
    ("citydesk_backup", BACKUP_PATH, "CITYDESK_BACKUP_URL"),
)
ENV_HEAD = """\
# Settings of Citydesk. Read by systemd and by the `citydesk` command; for root's eyes alone.
# Lines that `citydesk install` does not know are kept. docs/admin/install.md lists what may stand here.
"""

ROLE_HEAD = """\
# Written by `citydesk install`; for root's eyes alone, and for the commands that need it. docs/admin/roles.md
"""

# As root it reads the settings and gives up its rights; what must be root (install, upgrade) keeps them.
WRAPPER = """\
#!/bin/sh
# Written by `citydesk install`: the citydesk command with the settings of this host.
set -eu
if [ "$(id -u)" != 0 ]; then
    echo "Run it as root: sudo citydesk $*" >&2
    exit 2
fi
set -a
. {env}
# As whom tables are changed and as whom they are copied out is for the commands that do so, and for nobody else.
case "${{1:-}}" in
    install | upgrade | restore | migrate | practice | anonymise-copy) [ ! -r {owner} ] || . {owner} ;;
esac
case "${{1:-}}" in
    upgrade | backup | drill) [ ! -r {backup} ] || . {backup} ;;
esac
set +a
cd {var}
case "${{1:-}}" in
    install | upgrade | restore | backup-key) exec {python} -m config.cli "$@" ;;
esac
exec setpriv --reuid=citydesk --regid=citydesk --init-groups --inh-caps=-all -- {python} -m config.cli "$@"
"""

POSTGRES = """\
# Written by `citydesk install`. Each finished minute of the database's log is kept, so that a day can be restored to
# the minute: `citydesk restore --to`. Old pieces go with the base backup that they belong to. Where the host has public
# keys of those who may open its backups, each piece is sealed for them; the server tries again until it is kept.
archive_mode = on
archive_timeout = 60
archive_command = '{archive}'
wal_compression = on
jit = off
"""


def archive_command(folder: str, recipients: tuple[str, ...] = ()) -> str:
    """Keep a finished piece of the database's log whole or not at all, and never over another of its name."""
    if recipients:
        program = f"{CURRENT}/.venv/bin/python -I {CURRENT}/src/config/backups/pieces.py"
        return f"{program} %p {folder} %f {' '.join(recipients)}"
    kept = f"{folder}/%f"
    steps = (f"test ! -f {kept}", f"cp %p {kept}.part", f"chmod 0640 {kept}.part", f"sync {kept}.part")
    return " && ".join((*steps, f"mv {kept}.part {kept}"))


def environment(answers: Answers, before: dict[str, str]) -> dict[str, str]:
    """The settings of the host; secrets and lines of the administrator's stay as they were."""
    own = {
        "CITYDESK_ENV": "production",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": f"{CURRENT}/src:{CURRENT}",
        # Over the socket, as the system's user of that name: there is no password that could be lost.
        "DATABASE_URL": OWN_DATABASE,
        "CITYDESK_VAR": VAR,
        "CITYDESK_BACKUPS": BACKUPS,
        "CITYDESK_BACKUP_RECIPIENTS": " ".join(answers.backup_recipients),
        "CITYDESK_BACKUP_DAYS": str(answers.backup_days),
        "CITYDESK_PROFILES": f"{CURRENT}/profiles",
        "CITYDESK_SITE_URL": answers.site.rstrip("/"),
        "CITYDESK_HOSTS": f"{answers.host},127.0.0.1",
        "CITYDESK_EVENTS_URL": f"{answers.site.rstrip('/')}/events",
        "CITYDESK_PROXIES": "1",
        "CITYDESK_EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "CITYDESK_MAIL_FROM": answers.mail_from,
        "CITYDESK_SMTP_HOST": answers.smtp_host,
        "CITYDESK_SMTP_PORT": str(answers.smtp_port),
        "CITYDESK_SMTP_TLS": answers.smtp_tls,
        "CITYDESK_SMTP_USER": answers.smtp_user,
        "CITYDESK_SMTP_PASSWORD": answers.smtp_password,
        "CITYDESK_PROXY": answers.proxy,
        "CITYDESK_CERTIFICATE": answers.certificate,
        "CITYDESK_CERTIFICATE_KEY": answers.certificate_key,
    }
    kept = {name: before[name] for name in KEPT if before.get(name)}
    elsewhere = {name for _role, _path, name in SECRET_ROLES}
    every = {**before, **fresh_secrets(), **own, **kept}
    return {name: value for name, value in every.items() if name not in elsewhere}


def env_text(values: dict[str, str]) -> str:
    return ENV_HEAD + "".join(f'{name}="{value}"\n' for name, value in values.items())


def role_files(before: dict[str, str]) -> list[HostFile]:
    """The addresses of the roles that have a password, each in a file of its own; none for a database of the city's."""
    if before.get("DATABASE_URL", OWN_DATABASE) != OWN_DATABASE:
        return []
    found = []
    for role, path, name in SECRET_ROLES:
        # Over the loopback: the socket tells roles apart by the system's user, and this user is not a role's.
        url = before.get(name) or f"postgresql://{role}:{secrets.token_urlsafe(32)}@127.0.0.1:5432/citydesk"
        found.append(HostFile(path, f'{ROLE_HEAD}{name}="{url}"\n', 0o600))
    return found


def files(answers: Answers, before: dict[str, str]) -> list[HostFile]:
    """All of them, in the order in which they are written. `before` holds the values of all settings files there."""
    conf = f"/etc/postgresql/{answers.postgres}/main/conf.d/citydesk.conf"
    places = {"env": ENV_PATH, "owner": OWNER_PATH, "backup": BACKUP_PATH}
    wrapper = WRAPPER.format(**places, var=VAR, python=f"{CURRENT}/.venv/bin/python")
    found = [
        HostFile(ENV_PATH, env_text(environment(answers, before)), 0o600),
        *role_files(before),
        HostFile("/usr/local/bin/citydesk", wrapper, 0o755),
        HostFile(conf, POSTGRES.format(archive=archive_command(f"{BACKUPS}/wal", answers.backup_recipients))),
    ]
    found += [HostFile(f"/etc/systemd/system/{name}", text) for name, text in units(answers).items()]
    if answers.proxy == "caddy":
        found.append(HostFile("/etc/caddy/citydesk.caddy", proxies.caddy(answers)))
    else:
        found.append(HostFile("/etc/nginx/sites-available/citydesk", proxies.nginx(answers)))
    return found


def links(answers: Answers) -> dict[str, str]:
    """Symbolic links: where to what they lead. A unit is enabled by its link, which works in a chroot too."""
    wants = "/etc/systemd/system/multi-user.target.wants"
    found = {
        CURRENT: str(answers.release),
        "/etc/systemd/system/timers.target.wants/citydesk-backup.timer": "/etc/systemd/system/citydesk-backup.timer",
    }
    for name in units(answers):
        if name.endswith(".service") and "backup" not in name:
            found[f"{wants}/{name}"] = f"/etc/systemd/system/{name}"
    if answers.proxy == "nginx":
        found[NGINX_ENABLED] = "/etc/nginx/sites-available/citydesk"
    return found


LISTENS = (WEB_PORT, EVENTS_PORT)
