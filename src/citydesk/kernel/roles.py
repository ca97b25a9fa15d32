"""Who may do what in the database: the rights of the roles, written from the models, and whether they are so.

The *owner* owns the tables and changes them: migrations, restores. The *app* role is what web, worker and event process
connect as: it makes, changes and drops nothing, and what only grows it may read and add to. The *report* role reads the
views in `reports` and nothing else. The *backup* role reads everything. `apply` is run after each migration by
`config.roles`, which knows the addresses; `docs/adr/0014` says why it is so.

What only grows is known by its triggers: where one refuses every UPDATE or DELETE, the right is not given at all.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import connection
from django.utils.translation import gettext_noop
from psycopg import sql

from citydesk.kernel.health import BAD, OK, WARN, State

REPORT, BACKUP = "citydesk_report", "citydesk_backup"
VIEWS = "reports"
# Functions of the owner that the program may call; whoever else may not (PostgreSQL lets everybody call a new one).
DOORS = (
    "citydesk_erase(regclass, text[], text)",
    "citydesk_blank(regclass, text[], text, jsonb)",
    "citydesk_analyze(regclass)",
    "citydesk_next_number(text, integer)",
)
CLOSED = ("citydesk_erasable(regclass, text)",)
_ALL = ("SELECT", "INSERT", "UPDATE", "DELETE")
# What an analyst's own tool may read of a model (`reported_rows`): these classes of its columns.
SHOWN = frozenset({"public", "internal"})


@dataclass(frozen=True, order=True)
class Right:
    """A right of a role on something: kind is table, column, sequence, function or schema."""

    kind: str
    name: str
    privilege: str
    column: str = ""

    def clause(self) -> sql.Composable:
        """`SELECT ON TABLE "x"`, between GRANT or REVOKE and the role."""
        what: sql.Composable = sql.SQL(self.privilege)
        if self.kind == "column":
            what += sql.SQL(" ({})").format(sql.Identifier(self.column))
        if self.kind == "function":
            return what + sql.SQL(" ON FUNCTION ") + sql.SQL(self.name)
        on = {"column": "TABLE"}.get(self.kind, self.kind.upper())
        return what + sql.SQL(f" ON {on} ") + sql.Identifier(*self.name.split("."))

    def __str__(self) -> str:
        return f"{self.privilege} on {self.name}" + (f" ({self.column})" if self.column else "")


@dataclass(frozen=True)
class Kept:
    """What triggers refuse on a table, always: deleting, changing a row at all, changing some of its columns."""

    delete: bool = False
    update: bool = False
    columns: frozenset[str] = frozenset()


def kept_tables() -> dict[str, Kept]:
    """Table to what its triggers refuse without looking at the row."""
    found: dict[str, Kept] = {}
    for model, trigger in pgtrigger.registered():
        if not isinstance(trigger, pgtrigger.Protect) or trigger.condition is not None:
            continue
        for operation in getattr(trigger.operation, "operations", [trigger.operation]):
            table = model._meta.db_table
            had = found.get(table, Kept())
            columns = frozenset(getattr(operation, "columns", ()))
            found[table] = Kept(
                had.delete or str(operation) == "DELETE",
                had.update or str(operation) == "UPDATE",
                had.columns | columns,
            )
    return found


def reported() -> dict[str, tuple[list[str], str]]:
    """Table to the columns and the condition of its view: the models that say `reported_rows`."""
    found = {}
    for model in apps.get_models():
        rows = getattr(model, "reported_rows", None)
        if rows is not None:
            classes = model.data_classes  # type: ignore[attr-defined]  # every model of the house has them: guard 16
            fields = model._meta.local_concrete_fields
            shown = [str(one.column) for one in fields if classes.get(one.name, classes.get("*")) in SHOWN]
            found[model._meta.db_table] = (shown, rows)
    return found


def app_rights() -> set[Right]:
    """All that the program's own role may do. Asks the database which tables and sequences there are."""
    kept = kept_tables()
    tables = _columns_of_tables()
    found = {Right("schema", "public", "USAGE")} | {Right("function", one, "EXECUTE") for one in DOORS}
    found |= {Right("sequence", one, "USAGE") for one in _sequences()}
    for table, columns in tables.items():
        if table == "django_migrations":
            found.add(Right("table", table, "SELECT"))
            continue
        refused = kept.get(table, Kept())
        dropped = {"DELETE"} if refused.delete else set()
        if refused.update or refused.columns:
            dropped.add("UPDATE")
        found |= {Right("table", table, one) for one in _ALL if one not in dropped}
        if refused.columns and not refused.update:
            found |= {Right("column", table, "UPDATE", one) for one in columns if one not in refused.columns}
    return found


def report_rights() -> set[Right]:
    """All that the report role may do, once the views are there."""
    views = {Right("table", f"{VIEWS}.{table}", "SELECT") for table in reported()}
    return views | {Right("schema", VIEWS, "USAGE")}


def apply(app: str) -> int:
    """Give the roles what they should have and take what they should not; returns how many rights were changed.

    The connection must be the owner's. Roles that are not there are left out; an app that is the owner keeps all.
    """
    owner = str(_ask("SELECT current_user")[0][0])
    _make_views()
    changed = 0
    with connection.cursor() as cursor:
        cursor.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        for one in (*DOORS, *CLOSED):
            cursor.execute(f"REVOKE EXECUTE ON FUNCTION {one} FROM PUBLIC")
        for role, wanted in ((app, app_rights()), (REPORT, report_rights())):
            if role == owner or not has_role(role):
                continue
            has = rights_of(role)
            for word, rights, towards in (("GRANT", wanted - has, "TO"), ("REVOKE", has - wanted, "FROM")):
                for right in sorted(rights):
                    line = sql.SQL(f"{word} ") + right.clause() + sql.SQL(f" {towards} ") + sql.Identifier(role)
                    cursor.execute(line.as_string(cursor.connection))
                    changed += 1
    return changed


def drop_views() -> None:
    """Take the views away before a migration: PostgreSQL changes no column that a view shows."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {VIEWS} CASCADE")


def _make_views() -> None:
    """The report role's views, as the models say: without people, without words, without what is confidential."""
    made = []
    for table, (columns, rows) in sorted(reported().items()):
        line = sql.SQL("CREATE VIEW {} WITH (security_barrier) AS SELECT {} FROM {} WHERE {}")
        names, where = sql.SQL(", ").join(map(sql.Identifier, columns)), sql.SQL(rows or "true")
        given = line.format(sql.Identifier(VIEWS, table), names, sql.Identifier("public", table), where)
        made.append(given.as_string(None))
    # Whoever reads them is not cut off for nothing: the schema says what it was made from.
    mark = hashlib.sha256("\n".join(made).encode()).hexdigest()
    may_make, had = _ask("SELECT has_database_privilege(current_database(), 'CREATE'),"
                         " obj_description(to_regnamespace(%s), 'pg_namespace')", [VIEWS])[0]  # fmt: skip
    if had == mark or not may_make:
        return
    drop_views()
    with connection.cursor() as cursor:
        for one in (f"CREATE SCHEMA {VIEWS}", *made, f"COMMENT ON SCHEMA {VIEWS} IS '{mark}'"):
            cursor.execute(one)


def has_role(name: str) -> bool:
    return bool(_ask("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]))


_RIGHTS = """
WITH who AS (SELECT oid FROM pg_roles WHERE rolname = %s)
SELECT CASE c.relkind WHEN 'S' THEN 'sequence' ELSE 'table' END, n.nspname, c.relname, a.privilege_type, ''
  FROM who, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) a
 WHERE a.grantee = who.oid AND n.nspname IN ('public', 'reports')
UNION ALL
SELECT 'column', n.nspname, c.relname, a.privilege_type, t.attname
  FROM who, pg_attribute t JOIN pg_class c ON c.oid = t.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace,
       aclexplode(t.attacl) a
 WHERE a.grantee = who.oid AND n.nspname IN ('public', 'reports') AND NOT t.attisdropped
UNION ALL
SELECT 'function', '', format('%%s(%%s)', p.proname, oidvectortypes(p.proargtypes)), a.privilege_type, ''
  FROM who, pg_proc p, aclexplode(p.proacl) a
 WHERE a.grantee = who.oid AND p.pronamespace = 'public'::regnamespace
UNION ALL
SELECT 'schema', '', n.nspname, a.privilege_type, '' FROM who, pg_namespace n, aclexplode(n.nspacl) a
 WHERE a.grantee = who.oid AND n.nspname IN ('public', 'reports')
"""


def rights_of(role: str) -> set[Right]:
    """What a role was given by name in our schemas."""
    found = set()
    for kind, schema, name, privilege, column in _ask(_RIGHTS, [role]):
        found.add(Right(kind, f"{schema}.{name}" if schema == VIEWS else name, privilege, column))
    return found


def _columns_of_tables() -> dict[str, list[str]]:
    rows = _ask(
        "SELECT c.relname, array_agg(a.attname::text) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0"
        " AND NOT a.attisdropped GROUP BY 1"
    )
    return dict(rows)


def _sequences() -> list[str]:
    """Those that a table's key counts by; the counters of numbers are drawn from by their function alone."""
    rows = _ask(
        "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'S'"
        " AND starts_with(c.relname, 'citydesk_number_') IS FALSE"
    )
    return [name for (name,) in rows]


def _ask(question: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question, list(values) or None)
        return list(cursor.fetchall())


# -- looking --------------------------------------------------------------------------------------------------------

_SELF = """
SELECT current_user, r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication,
       pg_has_role(current_user, c.relowner, 'MEMBER'), pg_get_userbyid(c.relowner)
  FROM pg_roles r, pg_class c WHERE r.rolname = current_user AND c.oid = 'kernel_auditentry'::regclass
"""
# Roles of PostgreSQL's own by which one reads or writes the server's files, starts programs, or reads every table.
_DANGEROUS = (
    "pg_read_server_files",
    "pg_write_server_files",
    "pg_execute_server_program",
    "pg_read_all_data",
    "pg_write_all_data",
)


@dataclass(frozen=True)
class Looked:
    """What the role of this connection may do: whether it is apart from the owner, what it has too much, what it lacks.

    `more` and `fewer` are sentences' ends, such as "UPDATE on kernel_auditentry".
    """

    role: str
    owner: str
    is_apart: bool
    more: tuple[str, ...] = ()
    fewer: tuple[str, ...] = ()


def look() -> Looked:
    """Ask the database what the role that the program runs as may do. Five statements; for doctor and the monitor."""
    role, is_special, is_owner, owner = _ask(_SELF)[0]
    if is_special or is_owner:
        return Looked(role, owner, is_apart=False)
    rows = _ask("SELECT rolname FROM pg_roles WHERE rolname = ANY (%s)"
                " AND pg_has_role(current_user, oid, 'MEMBER')", [list(_DANGEROUS)])  # fmt: skip
    more = [f"membership of {name}" for (name,) in rows]
    if _ask("SELECT has_schema_privilege('public', 'CREATE')")[0][0]:
        more.append("CREATE in schema public")
    wanted, has = app_rights(), rights_of(role)
    more += [str(one) for one in sorted(has - wanted)]
    return Looked(role, owner, True, tuple(more), tuple(str(one) for one in sorted(wanted - has)))


def words(found: Looked) -> tuple[str, str]:
    """Level and sentence for whoever looks after the installation."""
    if not found.is_apart:
        return WARN, (
            f"the program works as {found.role}, who may change tables and history: the roles are not apart. "
            "See docs/admin/roles.md"
        )
    if found.more:
        return BAD, f"{found.role} may do more than it should: {_some(found.more)}. Run: citydesk migrate"
    if found.fewer:
        return BAD, f"{found.role} lacks rights: {_some(found.fewer)}. Run: citydesk migrate"
    return OK, f"{found.role} works, {found.owner} owns; what only grows cannot be changed or taken away."


def _some(what: tuple[str, ...]) -> str:
    return ", ".join(what[:3]) + (f" and {len(what) - 3} more" if len(what) > 3 else "")


def health(_now: datetime) -> State:
    """The monitor's check; `citydesk doctor` names the rights."""
    found = look()
    figures = {"apart": float(found.is_apart), "more": float(len(found.more)), "fewer": float(len(found.fewer))}
    if not found.is_apart:
        return State(
            WARN, gettext_noop("the program works as the owner of the tables: the roles are not apart"), figures
        )
    if found.more:
        return State(BAD, gettext_noop("the program's database role may do more than it should"), figures)
    if found.fewer:
        return State(BAD, gettext_noop("the program's database role lacks rights"), figures)
    return State(OK, "", figures)
