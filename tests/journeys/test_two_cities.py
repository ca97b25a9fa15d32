"""A request of one Citydesk goes to a second one over Open311, is worked on there, and its status comes back.

The second is a Citydesk of its own: another database, another process, reached over the network.
"""

import json
import os
import subprocess
import sys

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from citydesk.contact.referrals import services
from citydesk.contact.referrals.models import Referral
from citydesk.contact.referrals.tests.factories import load_with_agencies, sender
from citydesk.contact.service_requests.tests.factories import make_request
from citydesk.kernel.clock import utc_now
from tests.fixtures.database import template_database
from tests.journeys.test_a_killed_server import ROOT, Server

pytestmark = pytest.mark.django_db(transaction=True)
COUNTY = """
[agency.county]
name = {{en = "County", es = "Condado"}}
kind = "agency"
way = "open311"
acknowledge_hours = 8
[agency.county.open311]
url = "http://127.0.0.1:{port}/open311/v2"
minutes = 1
"""


def server_of(name):
    """The address of a database on the server of the tests."""
    known = connection.settings_dict
    login = f"{known['USER']}:{known['PASSWORD']}" if known["PASSWORD"] else known["USER"]
    return f"postgresql://{login}@{known['HOST']}:{known['PORT']}/{name}"


class Second:
    """Another Citydesk with its own database."""

    def __init__(self, log):
        self.database = f"{connection.settings_dict['NAME']}_second"
        self.environment = {
            **os.environ,
            "DATABASE_URL": server_of(self.database),
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        }
        self.server = Server(log)

    def make(self):
        template = template_database(server_of(connection.settings_dict["NAME"]))
        with psycopg.connect(server_of("postgres"), autocommit=True) as line:
            names = (sql.Identifier(self.database), sql.Identifier(template))
            line.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(names[0]))
            line.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))

    def run(self, *words):
        done = subprocess.run(
            [sys.executable, *words], cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def does(self, *words):
        return json.loads(self.run("-m", "tests.journeys.second_city", *words).strip().splitlines()[-1])

    def drop(self):
        self.server.kill()
        with psycopg.connect(server_of("postgres"), autocommit=True) as line:
            line.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(self.database)))


@pytest.fixture
def second(transactional_db, tmp_path):
    other = Second(tmp_path / "second.log")
    try:
        other.make()
        yield other
    finally:
        other.drop()


def test_a_second_citydesk_receives_a_request_and_returns_its_status(second, settings):
    key = second.does("fill")["key"]
    second.server.start(database=second.environment["DATABASE_URL"])
    settings.OUTWARD_TRUSTED = frozenset({f"127.0.0.1:{second.server.port}"})
    now = utc_now()
    load_with_agencies({"agencies.toml": COUNTY.format(port=second.server.port)}, now=now)
    clerk = sender()
    services.set_system_key(agency_code="county", key=key, access=administrator(), now=now)
    request = make_request(now=now)
    number = services.send_referral(
        request_number=request.number, agency_code="county", text="Deep hole in the right lane.", access=clerk, now=now
    )
    row = Referral.objects.get(number=number)
    assert services.send_on(referral_id=row.pk, now=now) == "sent", row.outside.problem
    row.refresh_from_db()
    (there,) = second.does("look")
    assert row.external_number == there["number"] and "Deep hole in the right lane." in there["description"]

    assert services.poll(referral_id=row.pk, now=now) == "open"
    row.refresh_from_db()
    request.refresh_from_db()
    assert (row.state, request.state) == ("accepted", "referred")

    second.does("close", there["number"])
    assert services.poll(referral_id=row.pk, now=now) == "closed"
    row.refresh_from_db()
    request.refresh_from_db()
    assert (row.state, request.is_open, request.state) == ("done", True, "open")
    assert "Filled with hot asphalt." in row.entries.latest("pk").text


def administrator():
    from citydesk.contact.referrals.choices import CONNECT
    from citydesk.kernel.actors import Access

    return Access(sender("ada", "administrator").actor, frozenset({CONNECT}))
