"""The roles that `citydesk install` makes, on a server of its own: a new host, and one where one role did it all."""

import shutil
from types import SimpleNamespace
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from config.install import steps
from config.install.answers import Answers, read_env
from config.install.files import SECRET_ROLES, role_files
from config.install.host import Host
from config.launcher import Server
from config.launcher.identity import home_for, server_identity


class OnServer(Host):
    """A host whose `psql` is this process: what would run as `postgres` runs as the server's first role."""

    def ask(self, *words, as_user=""):
        if words[0] != "psql":
            return SimpleNamespace(stdout="15 main 5432 online", returncode=0)
        with psycopg.connect(self.url, autocommit=True) as line:
            cursor = line.execute(words[-1])
            rows = cursor.fetchall() if cursor.description else []
        return SimpleNamespace(stdout="\n".join(str(row[0]) for row in rows), returncode=0)

    def do(self, *words, as_user="", said=""):
        if words[0] == "psql":
            assert "PASSWORD" not in " ".join(words)  # everybody on a host may read the words of a command
            with psycopg.connect(self.url, autocommit=True) as line:
                line.execute(said or words[-1])


@pytest.fixture
def host(tmp_path, monkeypatch):
    """A server whose first role is `postgres`, as Debian's; `citydesk` and its database are not there."""
    monkeypatch.setenv("CITYDESK_VAR", str(tmp_path / "var"))
    server = Server("postgres-roles", throwaway=True)
    first = urlsplit(server.ensure())._replace(path="/postgres")
    with psycopg.connect(urlunsplit(first), autocommit=True) as line:
        line.execute("DROP DATABASE citydesk")
        line.execute(f"CREATE ROLE postgres_too SUPERUSER LOGIN PASSWORD '{first.password}'")
    second = first._replace(netloc=first.netloc.replace("citydesk:", "postgres_too:"))
    with psycopg.connect(urlunsplit(second), autocommit=True) as line:
        line.execute("ALTER ROLE citydesk RENAME TO postgres")
    made = OnServer(root=tmp_path / "host")
    made.url = urlunsplit(second)
    yield made
    home = home_for(server.folder, server_identity())
    server.stop()
    shutil.rmtree(home, ignore_errors=True)


def install(host):
    """The step of the database, twice; what the second changed."""
    answers = Answers(site="https://desk.example.gov", mail_from="a@example.gov", release=host.root)
    for _time in range(2):
        host.changed, host.same = [], []
        before = {}
        for _role, path, _name in SECRET_ROLES:
            before |= read_env(host.at(path).read_text()) if host.at(path).exists() else {}
        changed = {file.path for file in role_files(before) if host.write(file)}
        steps.database(answers, host, changed | {"/etc/postgresql/15/main/conf.d/citydesk.conf"})
    return [one for one in host.changed if "PostgreSQL" not in one]


def sign_in(host, role, path, name):
    """By the address in the written file, on this server's own port."""
    given = urlsplit(read_env(host.at(path).read_text())[name])
    here = urlsplit(host.url)
    return psycopg.connect(urlunsplit(given._replace(netloc=f"{role}:{given.password}@127.0.0.1:{here.port}")))


def test_a_new_host_has_four_roles_and_the_second_time_changes_nothing(host):
    host.own = lambda *_words: None
    assert install(host) == []
    for role, path, name in SECRET_ROLES:
        with sign_in(host, role, path, name) as line:
            assert line.execute("SELECT current_user").fetchone() == (role,)
    with psycopg.connect(host.url) as line:
        said = (
            "SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls"
            " FROM pg_roles WHERE rolname LIKE 'citydesk%'"
        )
        roles = {row[0]: row[1:] for row in line.execute(said).fetchall()}
        assert roles == {
            "citydesk": (False, False, False, True, False, False),
            "citydesk_owner": (False, False, False, True, False, False),
            "citydesk_backup": (False, False, False, True, True, True),
            "citydesk_report": (False, False, False, False, False, False),
        }
        owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'citydesk'"
        assert line.execute(owner).fetchone() == ("citydesk_owner",)


def test_one_role_that_did_it_all_becomes_the_owner_of_what_it_made(host):
    host.own = lambda *_words: None
    with psycopg.connect(host.url, autocommit=True) as line:
        line.execute("CREATE ROLE citydesk LOGIN REPLICATION")
        line.execute("GRANT pg_monitor TO citydesk")
        line.execute("CREATE DATABASE citydesk OWNER citydesk")
    inside = urlunsplit(urlsplit(host.url)._replace(path="/citydesk"))
    with psycopg.connect(inside, autocommit=True) as line:
        line.execute("SET ROLE citydesk")
        line.execute("CREATE TABLE kept (id int)")
    assert install(host) == []
    with psycopg.connect(inside, autocommit=True) as line:
        assert line.execute("SELECT tableowner FROM pg_tables WHERE tablename = 'kept'").fetchone() == (
            "citydesk_owner",
        )
        line.execute("SET ROLE citydesk")
        for refused in ("SELECT * FROM kept", "DROP TABLE kept", "CREATE TABLE more (id int)"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                line.execute(refused)
