"""The quick `migrate` (kernel/model_states.py) makes the database that Django's own makes, to the last trigger."""

import os
import subprocess
import sys

import psycopg
import pytest

from tests.drills.conftest import FULL
from tests.fixtures.database import ROOT, _launched, template_database, url_of

pytestmark = [pytest.mark.drill, pytest.mark.timeout(1800)]

NAME = "citydesk_migrated_plainly"
PLAIN = """
import django; django.setup()
from django.core.management import call_command
from django.core.management.commands.migrate import Command
call_command(Command(), interactive=False, verbosity=0)
"""
OURS = "relnamespace = 'public'::regnamespace"
SHAPE = (
    "SELECT table_name, ordinal_position, column_name, data_type, is_nullable, column_default, is_identity"
    " FROM information_schema.columns WHERE table_schema = 'public'",
    f"SELECT conrelid::regclass::text, conname, pg_get_constraintdef(con.oid) FROM pg_constraint con"
    f" JOIN pg_class ON pg_class.oid = conrelid WHERE {OURS}",
    "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    f"SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(tg.oid), obj_description(tg.oid) FROM pg_trigger tg"
    f" JOIN pg_class ON pg_class.oid = tgrelid WHERE {OURS} AND NOT tgisinternal",
    "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prolang <> 13",
    "SELECT app, name FROM django_migrations",
)


def shape_of(url):
    """Columns in their order, constraints, indexes, triggers, functions, applied migrations."""
    with psycopg.connect(url) as connection:
        return [sorted(map(repr, connection.execute(query).fetchall())) for query in SHAPE]


@pytest.mark.skipif(not FULL, reason="takes minutes; in the suite, step by step: kernel/tests/test_model_states.py")
def test_both_ways_make_the_same_database():
    from django.conf import settings

    database = dict(settings.DATABASES["default"])
    if not os.environ.get("DATABASE_URL"):
        database |= _launched(database["TEST"])
    maintenance = url_of(database)
    quick = template_database(maintenance)
    password = f":{database['PASSWORD']}" if database["PASSWORD"] else ""
    url = f"postgresql://{database['USER']}{password}@{database['HOST']}:{database['PORT']}/{NAME}"
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {NAME}")
        connection.execute(f"CREATE DATABASE {NAME}")
        try:
            given = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
            given["PYTHONPATH"] = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
            subprocess.run([sys.executable, "-c", PLAIN], cwd=ROOT, env=given, check=True)
            found, expected = (shape_of(url.replace(NAME, name)) for name in (quick, NAME))
        finally:
            connection.execute(f"DROP DATABASE {NAME}")
    for ours, djangos in zip(found, expected, strict=True):
        assert djangos, "nothing was read"
        assert ours == djangos
