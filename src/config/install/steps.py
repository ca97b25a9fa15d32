"""The steps of an installation, in order. Each looks first and changes only what is not so: twice changes nothing."""

from urllib.parse import urlsplit

from config.install import files
from config.install.answers import Answers, read_env
from config.install.host import Host
from config.install.units import CURRENT, SERVICES, VAR
from config.launcher.errors import LauncherRefused
from config.roles import scram

PACKAGES = ("ca-certificates", "postgresql", "python3", "util-linux")
OF_PROXY = {"caddy": ("caddy",), "nginx": ("nginx", "certbot", "python3-certbot-nginx")}
PSQL = ("psql", "--no-psqlrc", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", "postgres", "-c")


def packages(answers: Answers, host: Host) -> None:
    """What comes from Debian, without anything that is merely recommended."""
    missing = [name for name in (*PACKAGES, *OF_PROXY[answers.proxy]) if not has_package(host, name)]
    if missing:
        host.do("apt-get", "update", "-qq")
        host.do("apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing)
    host.note(bool(missing), f"packages: {' '.join(missing or PACKAGES)}")


def has_package(host: Host, name: str) -> bool:
    return "install ok installed" in host.ask("dpkg-query", "-W", "-f=${Status}", name).stdout


def user(host: Host) -> None:
    """A system user that nobody signs in as and that owns what Citydesk writes."""
    is_new = host.number("passwd", "citydesk") is None
    if is_new:
        host.do("useradd", "--system", "--user-group", "--home-dir", VAR, "--shell", "/usr/sbin/nologin", "citydesk")
    host.note(is_new, "user citydesk")


def release(answers: Answers, host: Host) -> None:
    """Raises `LauncherRefused` unless the program lies where the host's services will look for it."""
    python = host.at(str(answers.release)) / ".venv/bin/python"
    if host.is_system and not host.is_dry and not (python.exists() or python.is_symlink()):
        raise LauncherRefused(
            f"{host.at(str(answers.release))} has no .venv. Unpack the release there and run `make production` in it."
        )
    if not str(answers.release).startswith(("/opt/", "/srv/", "/usr/local/")):
        raise LauncherRefused(
            f"The services cannot read {answers.release}: a person's folders are closed to them. "
            "Put the release below /opt/citydesk/releases."
        )


def write(answers: Answers, host: Host, before: dict[str, str]) -> set[str]:
    """Folders, files and links; returns the paths of files that changed."""
    for folder in files.FOLDERS:
        host.folder(folder)
    changed = {file.path for file in files.files(answers, before) if host.write(file)}
    for path, target in files.links(answers).items():
        if host.link(path, target):
            changed.add(path)
    if answers.proxy == "caddy":
        changed |= include_site(host)
    return changed


def include_site(host: Host) -> set[str]:
    """Let Debian's Caddyfile read ours; whatever else stands in it stays."""
    place, line = host.at("/etc/caddy/Caddyfile"), "import /etc/caddy/citydesk.caddy"
    text = place.read_text() if place.exists() else ""
    is_new = line not in text.splitlines()
    if is_new and not host.is_dry:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f"{text.rstrip()}\n\n{line}\n".lstrip())
    host.note(is_new, f"/etc/caddy/Caddyfile: {line}")
    return {"/etc/caddy/Caddyfile"} if is_new else set()


def postgres_version(host: Host) -> int:
    """The newest PostgreSQL with a cluster `main` on the host; Debian 12's when there is none yet."""
    places = host.at("/etc/postgresql").glob("*/main")
    return max((int(place.parent.name) for place in places if place.parent.name.isdecimal()), default=15)


def database(answers: Answers, host: Host, changed: set[str]) -> None:
    """The server with its archive, a role for the user, a database that the role owns."""
    version = str(answers.postgres)
    runs = host.ask("pg_lsclusters", "-h").stdout
    is_down = f"{version} main" not in " ".join(runs.split()) or " online" not in runs
    conf = f"/etc/postgresql/{version}/main/conf.d/citydesk.conf"
    if is_down:
        host.do("pg_ctlcluster", version, "main", "start")
    elif conf in changed:
        host.do("pg_ctlcluster", version, "main", "restart", "-m", "fast")
    host.note(is_down or conf in changed, f"PostgreSQL {version} runs with its archive")
    roles(host, changed)
    once(
        host,
        "SELECT 1 FROM pg_database WHERE datname = 'citydesk'",
        "CREATE DATABASE citydesk OWNER citydesk_owner ENCODING 'UTF8' TEMPLATE template0",
        "database",
    )
    monitor = "SELECT 1 WHERE pg_has_role('citydesk', 'pg_monitor', 'MEMBER')"
    once(host, monitor, "GRANT pg_monitor TO citydesk", "what doctor may look at")


# Role to its attributes and what is said of it once. The rights on tables come with `citydesk migrate`.
ROLES = {
    "citydesk_owner": ("LOGIN", ""),
    "citydesk": ("LOGIN", ""),
    # REPLICATION is what a base backup reads by, BYPASSRLS what a whole dump is made by.
    "citydesk_backup": ("LOGIN REPLICATION BYPASSRLS", "GRANT pg_read_all_data, pg_monitor TO citydesk_backup"),
    # Nobody signs in as it until the city gives it a password (docs/admin/roles.md).
    "citydesk_report": (
        "NOLOGIN",
        "ALTER ROLE citydesk_report SET default_transaction_read_only = on;"
        " ALTER ROLE citydesk_report SET statement_timeout = '60s'",
    ),
}


def roles(host: Host, changed: set[str]) -> None:
    """The owner, the program's own role, and those of backups and reports. Where one role did it all before, it becomes
    the owner, with all that it made, and the program gets a new one by its name."""
    known = "SELECT 1 FROM pg_roles WHERE rolname = '{}'"
    once(
        host,
        "SELECT 1 WHERE EXISTS (SELECT FROM pg_roles WHERE rolname = 'citydesk_owner')"
        " OR NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'citydesk')",
        "ALTER ROLE citydesk RENAME TO citydesk_owner; ALTER ROLE citydesk_owner NOREPLICATION;"
        " REVOKE pg_monitor FROM citydesk_owner",
        "the owner apart from the program's role",
    )
    for name, (attributes, then) in ROLES.items():
        once(host, known.format(name), f"CREATE ROLE {name} {attributes}; {then}", f"role {name}")
    has = "SELECT 1 FROM pg_authid WHERE rolname = '{}' AND rolpassword IS NOT NULL"
    for name, path, variable in files.SECRET_ROLES:
        is_new = path in changed or host.ask(*PSQL, has.format(name), as_user="postgres").stdout.strip() != "1"
        if is_new and not host.is_dry:
            url = read_env(host.at(path).read_text())[variable]
            line = f"ALTER ROLE {name} PASSWORD '{scram(urlsplit(url).password or '')}';"
            host.do(*PSQL[:-1], as_user="postgres", said=line)  # not as a word of the command, which all may read
        host.note(is_new, f"password of {name}")


def once(host: Host, asks: str, does: str, what: str) -> None:
    """Run a statement of the database's owner unless another says that it is done."""
    is_new = host.ask(*PSQL, asks, as_user="postgres").stdout.strip() != "1"
    if is_new:
        host.do(*PSQL, does, as_user="postgres")
    host.note(is_new, f"{what} citydesk" if " " not in what else what)


def tables(host: Host) -> None:
    """The schema of this version and the files that are served."""
    if host.is_dry:
        host.note(True, "tables and served files")
        return
    said = run_citydesk(host, "migrate", "--assets", "--json")
    host.note('"applied": 0' not in said or '"assets": true' in said, "tables and served files")


def city(host: Host, profile: str) -> None:
    """The city's profile, if one is named and none is loaded."""
    if not profile:
        return
    count = host.ask(
        "psql", "-XAtq", "-d", "citydesk", "-c", "SELECT count(*) FROM profile_profileentry", as_user="postgres"
    ).stdout.strip()
    is_new = count in ("", "0")
    if is_new and not host.is_dry:
        run_citydesk(host, "profile", "load", f"{CURRENT}/profiles/{profile}", "--yes")
    host.note(is_new, f"profile {profile}")


def run_citydesk(host: Host, *words: str) -> str:
    """One of our own commands on the host, as the services' user. Raises `LauncherRefused`."""
    done = host.ask("/usr/local/bin/citydesk", *words)
    if done.returncode:
        raise LauncherRefused(f"citydesk {' '.join(words)} did not finish:\n{(done.stderr or done.stdout)[-1500:]}")
    return done.stdout


def services(answers: Answers, host: Host, changed: set[str]) -> None:
    """Start what does not run, start anew what was written anew; in a chroot that is left to the first boot."""
    if not host.has_systemd:
        host.left.append("The services start when the host boots with systemd; they are enabled.")
        return
    written = any(path.startswith(("/etc/systemd/", files.ETC, files.CURRENT)) for path in changed)
    if written:
        host.do("systemctl", "daemon-reload")
    for name in (*SERVICES, "citydesk-backup.timer"):
        is_active = host.ask("systemctl", "is-active", "--quiet", name).returncode == 0
        if written or not is_active:
            host.do("systemctl", "restart", name)
        host.note(written or not is_active, f"{name} runs")
    proxy_changed = any(path.startswith(f"/etc/{answers.proxy}/") for path in changed)
    if proxy_changed:
        host.do("systemctl", "reload-or-restart", answers.proxy)
    host.note(proxy_changed, f"{answers.proxy} reads the site")


def install(answers: Answers, host: Host, *, profile: str = "") -> None:
    """All of it. What a folder without a Debian cannot have is named in `host.left`."""
    release(answers, host)
    settings = (host.at(path) for path in (files.BACKUP_PATH, files.OWNER_PATH, files.ENV_PATH))
    before = {name: value for one in settings if one.exists() for name, value in read_env(one.read_text()).items()}
    if host.is_system:
        packages(answers, host)
        user(host)
    changed = write(answers, host, before)
    if not host.is_system:
        host.left.append(f"{host.root} holds no Debian: packages, user, database and services were left out.")
        return
    if before.get("DATABASE_URL", files.OWN_DATABASE) == files.OWN_DATABASE:
        database(answers, host, changed)
    tables(host)
    city(host, profile)
    services(answers, host, changed)
