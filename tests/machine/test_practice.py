"""`citydesk practice` touches no database that is not marked, and `serve --practice` serves no other."""

import psycopg
import pytest
from django.db import connection

from config.launcher.errors import LauncherRefused
from config.practice import place

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(monkeypatch):
    """An address like a city's, on the test server; its databases are dropped afterwards."""
    given = connection.settings_dict
    person = given["USER"] + (f":{given['PASSWORD']}" if given["PASSWORD"] else "")
    url = f"postgresql://{person}@{given['HOST']}:{given['PORT']}/{given['NAME']}_of_practice"
    monkeypatch.delenv("CITYDESK_PRACTICE_DATABASE_URL", raising=False)
    names = [place.name_of(place.practice_url(url)), place.name_of(place.clean_url(url))]
    yield url
    with psycopg.connect(place.maintenance(url), autocommit=True) as line:
        for name in names:
            line.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def fill(url, *words):
    with psycopg.connect(url, autocommit=True) as line:
        for one in words:
            line.execute(one)


def test_the_practice_database_stands_beside_the_citys():
    url = "postgresql://desk@db.example:5433/riverton?sslmode=require"
    assert place.practice_url(url) == "postgresql://desk@db.example:5433/riverton_practice?sslmode=require"
    assert place.clean_url(url) == "postgresql://desk@db.example:5433/riverton_practice_clean?sslmode=require"


def test_a_practice_address_that_is_the_citys_own_is_refused(monkeypatch, city):
    monkeypatch.setenv("CITYDESK_PRACTICE_DATABASE_URL", city)
    with pytest.raises(LauncherRefused):
        place.practice_url(city)


def test_only_a_marked_database_is_dropped_or_served(city, monkeypatch):
    from config.cli import serve

    practice = place.practice_url(city)
    monkeypatch.setenv("DATABASE_URL", city)
    with pytest.raises(LauncherRefused, match="no practice city yet"):
        serve.enter_practice()
    place.make(practice)
    fill(practice, "CREATE TABLE residents (name text)")
    for act in (lambda: place.drop(practice), serve.enter_practice):
        with pytest.raises(LauncherRefused, match="may hold real residents"):
            act()
    assert place.exists(practice)
    fill(practice, "CREATE TABLE kernel_practicemark (id int)", "INSERT INTO kernel_practicemark VALUES (1)")
    for name in ("CITYDESK_PRACTICE", "CITYDESK_DEMO", "CITYDESK_VAR", "CITYDESK_SITE_URL", "CITYDESK_EVENTS_URL"):
        monkeypatch.setenv(name, "before")  # put back after the test
    serve.enter_practice()
    import os

    assert os.environ["DATABASE_URL"] == practice and os.environ["CITYDESK_PRACTICE"] == "1"
    assert "CITYDESK_SITE_URL" not in os.environ
    assert place.drop(practice) and not place.exists(practice)


def test_the_doctor_says_when_setting_and_database_disagree(settings):
    from config.doctor import inside
    from config.doctor.finding import BAD, OK

    assert inside.practice().state == OK
    settings.PRACTICE = True
    assert inside.practice().state == BAD
