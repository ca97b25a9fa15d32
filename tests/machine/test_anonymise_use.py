"""A copy without people is a city one can work in: counted the same, the same person the same, protected as before."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from django.db import connection

from citydesk.kernel.command_line import Console
from config.copies import making, words

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.owner]


@pytest.fixture
def city():
    """A small city with somebody in it whose name stands in many places; returns the copy's name."""
    from citydesk.city.customers.tests.factories import make_customer
    from citydesk.city.knowledge.models import Article, ArticleText
    from citydesk.city.staff.tests.factories import make_user
    from citydesk.contact.service_requests.services import Person
    from citydesk.contact.service_requests.tests.factories import MORNING, load_city, make_request
    from citydesk.kernel.audit import Act, record
    from citydesk.kernel.sealer import seal_entries

    load_city()
    for number in range(3):
        maria = make_customer("Maria", "Quattrocchi", phone=f"+1423555014{number}", email=f"maria{number}@home.test")
    firm = make_customer(organization_name="Quattrocchi Brothers Paving", phone="+14235550149")
    dana = make_user("dana", roles=["representative"], name="Dana Whitlockova", email="dana@city.test")
    for number in range(4):
        person = Person(
            customer_id=(maria if number % 2 else firm).id, name="Maria Quattrocchi", email="maria0@home.test"
        )
        make_request(reporter=person, now=MORNING + timedelta(minutes=number))
    for number in range(3):
        record(Act("kernel.drilled", "test", number, f"Dana {number}"), actor=dana.actor, now=MORNING)
    seal_entries(now=MORNING)
    article = Article.objects.create(code="leaves", kind="article", is_public=True, changed_at=MORNING)
    for version, state in ((1, "reviewed"), (2, "draft")):
        words_of = {"title": f"Wombat {state}", "summary": "Ask dana@city.test", "body": "Put them out"}
        about = {"article": article, "language": "en", "version": version, "state": state, "is_current": version == 1}
        ArticleText.objects.create(**about, **words_of, written_at=MORNING, written_by="Dana Whitlockova")
    name = f"{connection.settings_dict['NAME']}_people"
    yield name
    with making.connect("postgres", autocommit=True) as line:
        for one in (name, f"{name}_unfinished"):
            line.execute(f'DROP DATABASE IF EXISTS "{one}" WITH (FORCE)')


def run(*given):
    """The command as an operator runs it."""
    own = connection.settings_dict
    secret = f":{own['PASSWORD']}" if own["PASSWORD"] else ""
    url = f"postgresql://{own['USER']}{secret}@{own['HOST']}:{own['PORT']}/{own['NAME']}"
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "PYTHONPATH": "src:.",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    command = [sys.executable, "-m", "config.cli", "anonymise-copy", *given, "--json"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def counts(line):
    names = line.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return {name: line.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for (name,) in names}


@contextmanager
def inside(name, settings):
    """This process in the copy, as `serve --practice` would be."""
    from citydesk.contact.service_requests.queries import policy

    own = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    settings.PRACTICE = True
    policy.forget()
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own
        settings.PRACTICE = False
        policy.forget()


def test_the_copy_counts_the_same_and_keeps_nobody(city, settings):
    done = run(city)
    assert done.returncode == 0, done.stderr + done.stdout
    said = json.loads(done.stdout)
    assert said["database"] == city and "kernel_auditseal" in said["emptied"]
    with making.connect() as own, making.connect(city) as copy:
        before, after = counts(own), counts(copy)
        gone = {name for name in before if before[name] and not after[name]}
        assert gone <= set(said["emptied"])
        same = [name for name in before if name not in said["emptied"] and name != "profile_profileentry"]
        assert {name: after[name] for name in same} == {name: before[name] for name in same}
        assert all(said["tables"][name] == after[name] for name in same)
        facts = """SELECT number, state, received_at, due_at, department_id, districts, zip, council, service_id
            FROM service_requests_servicerequest ORDER BY id"""
        assert own.execute(facts).fetchall() == copy.execute(facts).fetchall()
        numbers = "SELECT sequencename, last_value FROM pg_sequences ORDER BY 1"
        assert own.execute(numbers).fetchall() == copy.execute(numbers).fetchall()
        everything = "\n".join(str(copy.execute(f'SELECT * FROM "{name}"').fetchall()) for name in after)
        for one in ("Quattrocchi", "quattrocchi", "Whitlock", "423555014", "home.test", "city.test", "1218 Oak"):
            assert one not in everything
    again = run(city)
    assert again.returncode == 3 and "--replace" in again.stderr
    with making.connect() as own:
        itself = run(own.info.dbname)
    assert itself.returncode == 3 and "the city's own database" in itself.stderr
    looked = run(f"{city}_x", "--check")
    assert looked.returncode == 0 and "display_name" in json.loads(looked.stdout)["replaced"]["customers_customer"]


def test_the_same_person_is_the_same_and_another_copy_names_them_otherwise(city):
    from datetime import UTC, datetime

    def look():
        making.make_copy(city, replace=True, now=datetime.now(UTC), console=Console())
        with making.connect(city) as copy:
            people = copy.execute(
                "SELECT display_name, given_name, family_name, family_key, words FROM customers_customer ORDER BY id"
            ).fetchall()
            (staff,) = copy.execute("SELECT name FROM staff_user WHERE username LIKE 'person%'").fetchone()
            (wrote,) = copy.execute("SELECT DISTINCT written_by FROM knowledge_articletext").fetchone()
            (acted,) = copy.execute(
                "SELECT DISTINCT actor_label FROM kernel_auditentry WHERE code = 'kernel.drilled'"
            ).fetchone()
            points = copy.execute("SELECT kind, value, normalized, digits FROM customers_contactpoint").fetchall()
            texts = dict(copy.execute("SELECT state, title FROM knowledge_articletext").fetchall())
            found = copy.execute(
                "SELECT state FROM knowledge_articletext WHERE search @@ to_tsquery('english', 'wombat')"
            ).fetchall()
        assert len({tuple(one) for one in people[:3]}) == 1 and people[0][0] == f"{people[0][1]} {people[0][2]}"
        assert people[0][2].split("-")[0] in words.FAMILIES
        assert people[0][3] == people[0][2].lower().replace("-", " ") and people[0][1].lower() in people[0][4]
        assert people[3][0].startswith("Organization ")
        assert staff == wrote == acted
        assert len(points) == len({value for _kind, value, _n, _d in points}) == 7
        assert all(n == v for _kind, v, n, _d in points)
        assert texts["reviewed"] == "Wombat reviewed" and "Wombat" not in texts["draft"]
        assert found == [("reviewed",)]
        return staff, people

    first, second = look(), look()
    assert first != second


def test_history_is_protected_as_before_and_proves_nothing(city, settings):
    from datetime import UTC, datetime

    making.make_copy(city, replace=False, now=datetime.now(UTC), console=Console())
    with making.connect(city, autocommit=True) as copy:
        with pytest.raises(psycopg.Error, match="append_only"):
            copy.execute("UPDATE kernel_auditentry SET code = 'x'")
        assert copy.execute("SELECT count(*) FROM kernel_auditentry WHERE after IS NOT NULL").fetchone() == (0,)
    with inside(city, settings):
        from citydesk.kernel.sealer import seal_entries, verify_audit

        assert verify_audit().sealed == 0
        sealed = seal_entries(now=datetime.now(UTC))
        assert verify_audit().sealed == sealed > 0 and verify_audit().bad_id is None


def test_people_work_in_the_copy_and_nothing_leaves_it(city, settings, mailoutbox):
    from datetime import UTC, datetime

    from django.core.mail import get_connection, send_mail
    from django.test import Client

    from citydesk.city.staff.models import User
    from citydesk.kernel import practice
    from tests.guards.test_pages import faults

    making.make_copy(city, replace=False, now=datetime.now(UTC), console=Console())
    with inside(city, settings):
        assert practice.disagreement() == ""
        person = User.objects.get(username__startswith="person")
        assert not person.has_usable_password() and not person.email.endswith("city.test")
        client = Client()
        client.force_login(person)
        from citydesk.city.staff.tests.factories import access_of

        assert list(faults(client, access_of(person))) == []
        for table, place in (("service_requests_servicerequest", "requests"), ("customers_customer", "customers")):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT number FROM {table}")
                numbers = [number for (number,) in cursor.fetchall()]
            for number in numbers:
                assert client.get(f"/desk/{place}/{number}/").status_code == 200, number
        through = get_connection("citydesk.kernel.practice.MailBackend")
        assert send_mail("a", "b", "c@d.test", ["e@f.test"], connection=through) == 0
        settings.PRACTICE = False
        assert "practice city" in practice.disagreement()
    assert mailoutbox == []
