"""What the role that web and worker connect as may not do, tried on the database; the owner may, as a control."""

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from citydesk.kernel import roles
from citydesk.kernel.clock import utc_now
from citydesk.kernel.health import OK, WARN
from citydesk.kernel.models import AuditEntry
from tests.fixtures.database import APP, make_app, url_of
from tests.fixtures.emptying import may_unguard
from tests.guards.house import none_of

pytestmark = [pytest.mark.django_db, pytest.mark.owner]

GUARD = AuditEntry._meta.triggers[0].get_pgid(AuditEntry)
# Each is refused to the app role by the database, and nothing of it happens.
DEFINES = [
    "CREATE TABLE mine (id int)",
    "CREATE SCHEMA mine",
    "CREATE VIEW mine AS SELECT 1",
    "CREATE SEQUENCE mine",
    "CREATE TYPE mine AS (a int)",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE PROCEDURE mine() LANGUAGE sql AS 'SELECT 1'",
    "CREATE INDEX ON kernel_auditentry (reason)",
    "CREATE RULE mine AS ON UPDATE TO kernel_auditentry DO INSTEAD NOTHING",
    "CREATE TRIGGER mine BEFORE INSERT ON kernel_auditentry EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "CREATE POLICY mine ON customers_confidentialidentity USING (true)",
    "CREATE EXTENSION file_fdw",
    "CREATE EVENT TRIGGER mine ON ddl_command_start EXECUTE FUNCTION now()",
    "ALTER TABLE kernel_auditentry ADD COLUMN mine int",
    "ALTER TABLE kernel_auditentry DISABLE TRIGGER ALL",
    "ALTER TABLE service_requests_note DISABLE TRIGGER USER",
    "ALTER TABLE kernel_auditentry OWNER TO CURRENT_USER",
    "ALTER TABLE kernel_auditentry DROP CONSTRAINT kernel_auditentry_pkey",
    "ALTER TABLE customers_confidentialidentity NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE customers_confidentialidentity DISABLE ROW LEVEL SECURITY",
    "ALTER FUNCTION citydesk_erase(regclass, text[], text) SECURITY INVOKER",
    "CREATE OR REPLACE FUNCTION citydesk_analyze(place regclass) RETURNS void LANGUAGE sql AS 'SELECT'",
    "ALTER SCHEMA public RENAME TO mine",
    "DROP TABLE kernel_readentry",
    f"DROP TRIGGER {GUARD} ON kernel_auditentry",
    "DROP POLICY customers_opened ON customers_confidentialidentity",
    "COMMENT ON TABLE kernel_auditentry IS 'mine'",
]
CHANGES = [
    *(
        statement.format(table)
        for table in (
            "kernel_auditentry",
            "kernel_auditseal",
            "kernel_readentry",
            "kernel_destruction",
            "service_requests_note",
            "service_requests_routingtrace",
            "interactions_interactionoutcome",
            "timekeeping_punch",
            "timekeeping_leavetransaction",
            "work_orders_laborline",
            "complaints_logentry",
        )
        for statement in ("DELETE FROM {}", "TRUNCATE {} CASCADE")
    ),
    "UPDATE kernel_auditentry SET reason = 'other'",
    "UPDATE kernel_readentry SET actor_label = 'other'",
    "UPDATE service_requests_note SET text = 'other'",
    "UPDATE interactions_interactionoutcome SET kind = 'other'",
    "UPDATE timekeeping_leavetransaction SET seconds = 0",
    "UPDATE traffic_contactleg SET talk_s = 0",
    "UPDATE traffic_contactleg SET id = 0, outcome = 'answered'",
    "DELETE FROM traffic_contactleg",
    "DELETE FROM traffic_agentstate",
    "DELETE FROM interactions_interaction",
    "MERGE INTO kernel_auditentry e USING (SELECT 1) x ON true WHEN MATCHED THEN DELETE",
    "INSERT INTO kernel_auditseal (entry_id, digest, sealed_at) VALUES (1, '', now())"
    " ON CONFLICT (entry_id) DO UPDATE SET digest = ''",
    "TRUNCATE service_requests_servicerequest CASCADE",
    "INSERT INTO django_migrations (app, name, applied) VALUES ('kernel', 'x', now())",
    "DELETE FROM django_migrations",
    "SELECT * FROM kernel_auditentry FOR UPDATE",
    "LOCK TABLE kernel_auditentry IN ACCESS EXCLUSIVE MODE",
    "SELECT setval('kernel_auditentry_id_seq', 1)",
    "SELECT citydesk_erase('kernel_auditentry', '{1}', 'DS-1')",
    "SELECT citydesk_erase('kernel_auditseal', '{1}', 'DS-1')",
    "SELECT citydesk_erase('service_requests_note', '{1}', ' ')",
    "SELECT citydesk_erase('pg_catalog.pg_authid', '{10}', 'DS-1')",
    "SELECT citydesk_erase('staff_user', '{1}', 'DS-1')",
    "SELECT citydesk_blank('kernel_auditentry', '{1}', 'DS-1', '{\"reason\": \"other\"}')",
    "SELECT citydesk_blank('kernel_destruction', '{1}', 'DS-1', '{\"proof\": \"other\"}')",
    "SELECT citydesk_erasable('service_requests_note', 'DS-1')",
]
RISES = [
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "ALTER ROLE CURRENT_USER BYPASSRLS",
    f"ALTER ROLE {APP} CREATEROLE",
    "CREATE ROLE mine LOGIN",
    f"DROP ROLE {roles.REPORT}",
    "GRANT pg_execute_server_program TO CURRENT_USER",
    "GRANT pg_read_all_data TO CURRENT_USER",
    "SET session_replication_role = replica",
    "SELECT set_config('session_replication_role', 'replica', true)",
    "SET log_statement = 'none'",
    "SELECT * FROM pg_authid",
    "SELECT * FROM pg_shadow",
    "SELECT pg_read_file('postgresql.conf')",
    "SELECT pg_ls_dir('.')",
    "SELECT lo_import('/etc/passwd')",
    "COPY kernel_auditentry TO '/tmp/mine'",
    "COPY kernel_auditentry FROM '/tmp/mine'",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "COPY kernel_auditentry FROM PROGRAM 'true'",
    "SELECT pg_reload_conf()",
    "SELECT pg_switch_wal()",
    "SELECT pg_create_physical_replication_slot('mine')",
]
# To the role that the tests signed in as, whatever their connections begin as.
BACK = "RESET SESSION AUTHORIZATION; SET ROLE NONE"
# Outside of any transaction, on a line of their own.
ALONE = [
    "CREATE DATABASE mine",
    "DROP DATABASE postgres",
    "ALTER SYSTEM SET fsync = off",
    "CREATE TABLESPACE x LOCATION '/x'",
]


@pytest.fixture
def app():
    """Rights are given, and the test goes on as the app role."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        if not may_unguard(cursor):
            pytest.skip("the tests' user may make no roles")
        make_app(connection)
        cursor.execute(f"SET SESSION AUTHORIZATION {APP}")
        yield cursor
        if not connection.needs_rollback:
            cursor.execute(BACK)


def is_refused(statement):
    """Whether the database refuses for want of a right, and for nothing else."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError as error:
        return isinstance(error.__cause__, psycopg.errors.InsufficientPrivilege)
    return False


def test_the_app_role_is_refused_whatever_would_change_tables_history_or_itself(app):
    statements = [*DEFINES, *CHANGES, *RISES]
    assert len(statements) > 80
    none_of([one for one in statements if not is_refused(one)])


def test_what_is_not_done_in_a_transaction_is_refused_too():
    own = connection.settings_dict
    make_app(connection)
    with psycopg.connect(url_of(own), autocommit=True, options=f"-c role={APP}") as line:
        for statement in ALONE:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                line.execute(statement)


def test_a_right_that_is_not_ones_own_is_not_passed_on(app):
    app.execute(f"GRANT CREATE ON SCHEMA public TO {APP}")  # PostgreSQL warns, and nothing is granted
    app.execute("SELECT has_schema_privilege('public', 'CREATE')")
    assert app.fetchone() == (False,)


def test_the_owner_may_what_the_app_may_not():
    """The negative control: the same statements are sound, so what refused them was the role."""
    undone = [
        "CREATE TABLE mine (id int)",
        "ALTER TABLE kernel_auditentry ADD COLUMN mine int",
        "ALTER TABLE kernel_auditentry DISABLE TRIGGER ALL",
        "TRUNCATE kernel_readentry CASCADE",
        "UPDATE traffic_contactleg SET talk_s = 0",
        "DELETE FROM django_migrations",
        "SELECT setval('kernel_auditentry_id_seq', 1)",
        "SELECT * FROM kernel_auditentry FOR UPDATE",
        "LOCK TABLE kernel_auditentry IN ACCESS EXCLUSIVE MODE",
        "SELECT citydesk_erasable('service_requests_note', 'DS-1')",
    ]
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
    assert [one for one in undone if is_refused(one)] == []


def test_every_table_whose_rows_stay_is_closed_and_every_other_is_open(app):
    kept = roles.kept_tables()
    assert sum(one.delete and one.update for one in kept.values()) >= 25
    app.execute(
        "SELECT relname, has_table_privilege(oid, 'DELETE'), has_table_privilege(oid, 'UPDATE'),"
        " has_table_privilege(oid, 'TRUNCATE'), has_table_privilege(oid, 'INSERT')"
        " FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
    )
    for table, deletes, updates, truncates, adds in app.fetchall():
        refused = kept.get(table, roles.Kept())
        if table != "django_migrations":
            assert (deletes, updates) == (not refused.delete, not (refused.update or refused.columns)), table
            assert adds, table
        assert not truncates, table


def test_doctor_and_monitor_say_whether_the_roles_are_apart(app):
    found = roles.look()
    assert found.is_apart and not found.more and not found.fewer, found
    assert roles.words(found)[0] == OK and roles.health(None).level == OK
    app.execute(BACK)
    app.execute(f"GRANT UPDATE ON kernel_auditentry TO {APP}")
    app.execute(f"REVOKE INSERT ON kernel_readentry FROM {APP}")
    app.execute(f"SET SESSION AUTHORIZATION {APP}")
    found = roles.look()
    assert found.more == ("UPDATE on kernel_auditentry",) and found.fewer == ("INSERT on kernel_readentry",)
    assert "UPDATE on kernel_auditentry" in roles.words(found)[1]
    app.execute(BACK)
    assert (roles.apply(APP), roles.apply(APP)) == (2, 0)
    one = roles.look()
    level, words = roles.words(one)
    assert not one.is_apart and level == WARN and "not apart" in words
    assert roles.health(None).figures["apart"] == 0


def test_the_report_role_reads_counts_without_people_and_nothing_else(app):
    app.execute(BACK)
    shown = roles.reported()
    assert {"service_requests_requestday", "traffic_intervalfact", "staff_team"} < set(shown)
    app.execute(f"SET SESSION AUTHORIZATION {roles.REPORT}")
    for table in shown:
        app.execute(f"SELECT * FROM {roles.VIEWS}.{table}")
        assert is_refused(f"SELECT * FROM {table}"), table
        assert is_refused(f"DELETE FROM {roles.VIEWS}.{table}"), table
    for table in ("staff_user", "customers_customer", "service_requests_servicerequest", "kernel_auditentry"):
        assert is_refused(f"SELECT * FROM {table}"), table


def test_no_view_of_the_report_role_shows_a_person_or_what_row_security_keeps(app):
    for table, (columns, _rows) in roles.reported().items():
        assert columns, table
        app.execute("SELECT relrowsecurity FROM pg_class WHERE oid = %s::regclass", [table])
        assert app.fetchone() == (False,), table


def test_confidential_codes_are_in_no_report(app):
    app.execute(BACK)
    from citydesk.contact.service_requests.models import ServiceCode  # the room above: its declaration is what counts

    assert "is_confidential" in ServiceCode.reported_rows
    app.execute("SELECT pg_get_viewdef('reports.service_requests_requestday'::regclass)")
    assert "is_confidential" in app.fetchone()[0]


def test_what_left_by_the_owners_door_is_on_record_once(app):
    row = {"code": "x", "actor_kind": "system", "actor_label": "x", "object_type": "t", "object_id": 1}
    entry = AuditEntry.objects.create(at=utc_now(), reason="why", **row).pk
    content = '{"before": null, "after": {"erased": "DS-9"}, "reason": ""}'
    for _twice in range(2):
        app.execute("SELECT citydesk_blank('kernel_auditentry', %s, 'DS-9', %s)", [[str(entry)], content])
    app.execute("SELECT reason, after, before IS NULL FROM kernel_auditentry WHERE id = %s", [entry])
    assert app.fetchone()[0] == ""
    app.execute("SELECT actor_label, object_label FROM kernel_auditentry WHERE code = 'kernel.erased'")
    assert app.fetchall() == [(APP, "DS-9")]


# -- row security ---------------------------------------------------------------------------------------------------

WITH_ROW_SECURITY = "SELECT relname, relforcerowsecurity FROM pg_class WHERE relrowsecurity AND relkind = 'r'"


def fill_identity():
    from citydesk.city.customers.services import record_confidential_identity
    from citydesk.kernel.actors import SYSTEM

    record_confidential_identity(name="Canary", phone="4235550199", actor=SYSTEM, now=utc_now())


def test_without_its_context_no_protected_table_shows_a_row_to_app_or_owner(app):
    app.execute(WITH_ROW_SECURITY)
    protected = dict(app.fetchall())
    assert protected == {"customers_confidentialidentity": True}  # each that comes is filled below
    app.execute(BACK)
    fill_identity()
    app.execute("CREATE ROLE plain_owner")
    app.execute("GRANT USAGE ON SCHEMA public TO plain_owner")
    for table in protected:
        app.execute(f"ALTER TABLE {table} OWNER TO plain_owner")
        app.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP}")
        for role in (APP, "plain_owner"):
            app.execute(f"SET SESSION AUTHORIZATION {role}")
            for said in ("", "no", "off", "true"):
                app.execute("SELECT set_config('citydesk.opens_identity', %s, true)", [said])
                app.execute(f"SELECT count(*) FROM {table}")
                assert app.fetchone() == (0,), (role, said)
                app.execute(f"DELETE FROM {table}")
                assert app.rowcount == 0
            assert is_refused(f"INSERT INTO {table} SELECT * FROM json_populate_record(NULL::{table}, '{{\"id\": 9}}')")
            app.execute("SELECT set_config('citydesk.opens_identity', 'yes', true)")
            app.execute(f"SELECT count(*) FROM {table}")
            assert app.fetchone() == (1,), role
            app.execute("SELECT set_config('citydesk.opens_identity', '', true)")
            app.execute(BACK)


@pytest.mark.django_db(transaction=True)
def test_the_context_ends_with_its_transaction():
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        make_app(connection)
        fill_identity()
        cursor.execute(f"SET ROLE {APP}")
        with transaction.atomic():
            cursor.execute("SELECT set_config('citydesk.opens_identity', 'yes', true)")
            cursor.execute("SELECT count(*) FROM customers_confidentialidentity")
            assert cursor.fetchone() == (1,)
        # The setting is an empty text from now on, not unset: it opens nothing.
        cursor.execute("SELECT current_setting('citydesk.opens_identity', true), count(*)"
                       " FROM customers_confidentialidentity")  # fmt: skip
        assert cursor.fetchone() == ("", 0)
        cursor.execute("SET ROLE NONE")
