"""The processes of an installation work as the app role, know no other, and cannot become another."""

import json
from pathlib import Path

import psycopg
import pytest

pytestmark = [pytest.mark.drill, pytest.mark.timeout(900)]
ATTEMPTS = (
    "SET ROLE citydesk",
    "SET SESSION AUTHORIZATION citydesk",
    "SET SESSION AUTHORIZATION DEFAULT; SET ROLE citydesk",
)


def test_web_worker_and_events_are_the_app_role_and_nothing_else(house):
    city = house("web", "worker", "events")
    assert city.get(f"/track/{city.facts['tracks'][0]}/")[0] == 200
    assert city.get("/desk/requests/", cookie=city.facts["session"])[0] == 200
    asked = "SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = 'citydesk' AND pid <> pg_backend_pid()"
    assert city.sql(asked) == [("citydesk_app",)]
    for pid in (city.pid("web"), *city.web_workers(), city.pid("worker"), city.pid("events")):
        environment = Path(f"/proc/{pid}/environ").read_bytes()
        assert b"DATABASE_URL=" in environment and b"OWNER_URL" not in environment, pid
    found = {one["name"]: one for one in json.loads(city.do("tests.drills.prepare", "doctor").splitlines()[-1])}
    assert found["roles"]["state"] == found["rights"]["state"] == "ok", found


def test_the_apps_own_sign_in_leads_nowhere_else(installation):
    with psycopg.connect(installation.server.app_url(), autocommit=True) as line:
        for statement in ATTEMPTS:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                line.execute(statement)
        assert line.execute("SELECT count(*) FROM customers_confidentialidentity").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            line.execute("DELETE FROM kernel_auditentry")
        line.execute("SET pgtrigger.ignore = '{pgtrigger_append_only_1}'")  # anybody may; it helps nobody
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            line.execute("UPDATE kernel_auditentry SET reason = 'other'")


def test_one_role_for_all_works_and_is_told(installation):
    """An outside server on which the city may make no roles: as before, and doctor says what it means."""
    url = installation.server.stored_url()
    said = installation.do("tests.drills.prepare", "doctor", DATABASE_URL=url, CITYDESK_OWNER_URL="")
    found = {one["name"]: one for one in json.loads(said.splitlines()[-1])}
    assert found["roles"]["state"] == "warn" and "not apart" in found["roles"]["words"]
    assert installation.do("config.cli", "migrate", DATABASE_URL=url, CITYDESK_OWNER_URL="")
