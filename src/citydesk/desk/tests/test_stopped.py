"""Work in the background that stands still is told to a supervisor in the desk's words, with since when."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from citydesk.city.staff.tests.factories import make_user
from citydesk.desk.queries.installation import list_stopped_work
from citydesk.kernel.clock import utc_now

pytestmark = pytest.mark.django_db
HANDLER = "citydesk.contact.referrals.handlers.on_closed"


def job(task, status, at, args="{}"):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, scheduled_at)"
            " VALUES ('default', %s, %s, %s::procrastinate_job_status, %s)",
            [task, args, status, at],
        )


@pytest.fixture
def emptied():
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_events")
        cursor.execute("DELETE FROM procrastinate_jobs")


def test_what_gave_up_and_what_waits_too_long_is_named_by_its_work(emptied):
    now = utc_now()
    job("correspondence.deliver", "failed", now - timedelta(hours=3))
    job("correspondence.deliver", "failed", now - timedelta(hours=2))
    job("kernel.hear", "failed", now - timedelta(hours=1), f'{{"handler": "{HANDLER}"}}')
    job("service_requests.escalate_due", "todo", now - timedelta(minutes=40))
    job("service_requests.escalate_due", "todo", now - timedelta(minutes=5))
    job("statistics.refresh", "todo", now + timedelta(minutes=5))
    job("rooms_to_come.something", "failed", now)
    found = {words: (one.count, one.is_failed) for words, one in list_stopped_work(now)}
    assert found == {
        "Messages to residents": (2, True),
        "Referrals and other systems": (1, True),
        "Clocks and escalations of requests": (1, False),
        "Other work in the background": (1, True),
    }


def test_the_card_stands_on_the_supervisors_page_and_only_when_something_stands_still(emptied):
    client, now = Client(), utc_now()
    client.force_login(make_user("boss", roles=["supervisor"], language="es"))
    assert "Sin avanzar" not in client.get("/desk/home/supervisor/").content.decode()
    job("correspondence.deliver", "failed", now - timedelta(hours=3))
    page = client.get("/desk/home/supervisor/").content.decode()
    assert "Sin avanzar" in page and "Mensajes a residentes" in page
