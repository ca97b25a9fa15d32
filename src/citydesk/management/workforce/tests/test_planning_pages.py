"""Pages of forecasts, backtests and staff required, as who plans uses them."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from citydesk.city.staff import queries as staff
from citydesk.city.staff.tests.factories import access_with
from citydesk.kernel.actors import SYSTEM
from citydesk.kernel.audit import history_of
from citydesk.kernel.clock import utc_now
from citydesk.management.workforce import services
from citydesk.management.workforce.choices import FORECAST, VIEW
from citydesk.management.workforce.models import ForecastOverride, ForecastPoint, Requirement
from citydesk.management.workforce.services.overrides import OBJECT
from citydesk.management.workforce.tests.forecast_cases import fill, load_desk

pytestmark = pytest.mark.django_db


def today():
    return utc_now().date()


def next_monday():
    return today() + timedelta(days=7 - today().weekday())


@pytest.fixture
def desk(db):
    load_desk(now=utc_now())
    fill("calls", until=today(), weeks=12)
    services.forecast_queue(queue_code="calls", actor=SYSTEM, now=utc_now(), cutoff=today())
    services.compute_requirement(group_code="desk", first=today(), last=today() + timedelta(days=27), now=utc_now())


def client_with(*rights):
    client = Client()
    client.force_login(staff.user_with_rights(access_with(*rights).actor.id, utc_now()))
    return client


def said(client, name, *args, **given):
    answer = client.get(reverse(f"workforce:{name}", args=args), given)
    assert answer.status_code == 200, (name, answer.status_code)
    return answer


def usual_point():
    return ForecastPoint.objects.filter(is_current=True, is_closed=False, day__gte=next_monday()).order_by("starts_at")[
        3
    ]


def test_a_planner_reads_overrides_and_takes_back(desk):
    planner, point = client_with(VIEW, FORECAST), usual_point()
    week = point.day.isoformat()
    page = said(planner, "forecast", queue="calls", week=week).content.decode()
    assert "Put your own word in" in page and f"/forecast/slots/{point.pk}/" in page
    rests = said(planner, "forecast_point", point.pk).content.decode()
    assert all(f"{seen:g}" in rests for seen in point.basis_values) and "Middle" not in rests
    form = {"act": "override", "queue": "calls", "week": week, "day": week, "kind": "percent", "amount": "50"}
    refused = planner.post(reverse("workforce:forecast_act"), form)
    assert refused.status_code == 400 and 'value="50"' in refused.content.decode()
    done = planner.post(reverse("workforce:forecast_act"), {**form, "reason": "Fair in town"})
    assert done.status_code == 302
    word = ForecastOverride.objects.get()
    point.refresh_from_db()
    assert float(point.value) == pytest.approx(float(point.model) / 2, abs=0.001)
    page = said(planner, "forecast", queue="calls", week=week).content.decode()
    assert "Fair in town" in page and "overridden" in page
    assert "Fair in town" in said(planner, "forecast_point", point.pk).content.decode()
    back = {"act": "end", "override": word.pk, "queue": "calls", "week": week}
    assert planner.post(reverse("workforce:forecast_act"), back).status_code == 302
    point.refresh_from_db()
    assert point.value == point.model
    kinds = [one.code for one in history_of(OBJECT, point.queue_id)]
    assert sorted(kinds) == ["workforce.override_ended", "workforce.override_made"]


def test_a_reader_reads_and_no_more(desk):
    reader = client_with(VIEW)
    assert "Put your own word in" not in said(reader, "forecast").content.decode()
    assert reader.post(reverse("workforce:forecast_act"), {"act": "override"}).status_code == 403
    assert client_with("desk.home").get(reverse("workforce:forecast")).status_code == 403
    assert reader.get(reverse("workforce:forecast_point", args=[10**9])).status_code == 404


def test_a_slot_says_why_and_asks_what_if(desk):
    reader = client_with(VIEW)
    row = Requirement.objects.filter(day__gte=next_monday(), required__gt=1).order_by("starts_at").first()
    given = {"group": "desk", "week": row.day.isoformat(), "slot": row.starts_at.isoformat()}
    page = said(reader, "required", **given).content.decode()
    assert f"{row.required} at work, {row.scheduled} to roster" in page and "Erlangs" in page
    link = page.split('href="/desk/staffing/what-if/?')[1].split('"')[0].replace("&amp;", "&")
    asked = reader.get(f"/desk/staffing/what-if/?{link}").content.decode()
    part = row.parts[0]
    assert f"With {part['agents']} people at work" in asked and "example values" not in asked
    assert said(reader, "what_if_chart").json()["data"]["values"]
    assert reader.get(reverse("workforce:what_if_chart"), {"volume": "many"}).status_code == 404
    assert "Nothing is reckoned" in said(reader, "required", week="2031-01-01").content.decode()


def test_files_say_what_the_page_says(desk):
    reader, day = client_with(VIEW), next_monday()
    for name, column in (("forecast_file", "Forecast"), ("required_file", "To roster")):
        answer = said(reader, name, week=day.isoformat())
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text)))
        assert rows[0]["Day"] == day.isoformat() and float(rows[0][column]) >= 0


def test_charts_and_backtest_are_there(desk):
    reader, week = client_with(VIEW), next_monday().isoformat()
    drawn = said(reader, "forecast_chart", week=week).json()
    assert drawn["layer"][0]["mark"]["type"] == "area" and drawn["layer"][0]["data"]["values"]
    assert said(reader, "required_chart", week=week).json()["data"]["values"]
    assert "not tried on the past yet" in said(reader, "backtest").content.decode()
    services.backtest_queue(queue_code="calls", actor=SYSTEM, now=utc_now())
    page = said(reader, "backtest").content.decode()
    assert "WAPE" in page and "in use" in page and "Last same weekday" in page


def test_pages_ask_the_same_whatever_they_show(desk):
    reader = client_with(VIEW, FORECAST)

    def statements(name, **given):
        said(reader, name, **given)
        with CaptureQueriesContext(connection) as asked:
            said(reader, name, **given)
        return len(asked)

    full, empty = next_monday().isoformat(), "2031-01-06"
    assert statements("forecast", week=full) <= statements("forecast", week=empty) + 1
    assert statements("required", week=full) <= statements("required", week=empty) + 1
    assert statements("forecast", week=full) <= 16 and statements("required", week=full) <= 14


def test_a_city_without_groups_says_so(db):
    from citydesk.city.profile.tests.factories import load_small

    load_small(now=utc_now())
    reader = client_with(VIEW)
    assert "No group takes a queue yet." in said(reader, "forecast").content.decode()
    assert "There is no group yet." in said(reader, "required").content.decode()
    assert reader.get(reverse("workforce:forecast_chart")).status_code == 404
