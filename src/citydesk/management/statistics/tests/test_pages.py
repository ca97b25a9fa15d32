"""The report and what stands behind its figures, as each role sees them."""

import csv
import io
import json
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.urls import reverse

from citydesk.city.staff.tests.factories import access_of, make_team, make_user
from citydesk.contact.interactions import services as interactions
from citydesk.contact.interactions.tests.factories import clerk, make_contact
from citydesk.contact.service_requests import services as requests
from citydesk.contact.service_requests.tests.counted import change, close_plainly, spoil_fact
from citydesk.contact.service_requests.tests.factories import MORNING, load_city, make_request
from citydesk.kernel.actors import SYSTEM_ACCESS
from citydesk.kernel.tests.jobs import run_jobs
from citydesk.kernel.tests.taking import take_file
from citydesk.management.statistics import services
from citydesk.management.statistics.models import FactRefresh, PrintedReport

pytestmark = pytest.mark.django_db
NOW = MORNING + timedelta(hours=3)
COMPLAINT = "Complaint about an employee"


@pytest.fixture
def city(time_machine):
    time_machine.move_to(NOW, tick=False)
    load_city()
    made = [make_request("pothole") for _ in range(7)]
    make_request("tree_down")
    secret = make_request("pothole")
    change(secret.pk, is_confidential=True)
    for row in made[:6]:
        close_plainly(row.pk, MORNING + timedelta(hours=2))
    make_contact(clerk(), now=MORNING)
    interactions.refresh_contact_facts(everything=True)
    services.refresh_facts(now=NOW)
    return secret


def person(client, role, team=""):
    user = make_user(f"one_{role}", roles=[role], teams=[make_team(team)] if team else [])
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return user


def page(client, name="report", query="", *args):
    answer = client.get(reverse(f"statistics:{name}", args=args) + query)
    assert answer.status_code == 200, answer.content[:500]
    return answer.content.decode()


def test_the_report_shows_figures_tables_and_how_they_were_counted(client, city):
    person(client, "supervisor")
    html = page(client)
    for words in (
        "Opened and closed by week",
        "Hours to close by code",
        "Open requests by age",
        "How this was counted",
    ):
        assert words in html
    assert "2.0 h" in html
    assert "?what=opened" in html
    assert 'data-chart="/desk/reports/charts/periods/' in html
    assert "Requests counted up to" in html


def test_every_figure_leads_to_as_many_records_as_it_counts(client, city):
    person(client, "supervisor")
    closed = page(client, "records", "?what=closed")
    assert "6 records" in closed and closed.count("data-open href") == 6
    opened = page(client, "records", "?what=opened")
    assert "8 records" in opened
    assert "1 more are counted but not listed" in opened
    assert city.number not in opened
    assert "1 records" in page(client, "records", "?what=open&age=0-1&code=pothole")
    assert "1 records" in page(client, "contacts", "")
    assert client.get(reverse("statistics:records") + "?what=nonsense").status_code == 404


def test_small_cells_are_hidden_from_those_who_do_not_read_every_request(client, city):
    person(client, "department_lead", team="public_works")
    html = page(client)
    assert "&lt; 5" in html and "Counts under 5 are hidden" in html
    assert "Groups whose count the table hides are not drawn here." in html
    assert "6 records" not in html
    spec = json.loads(page(client, "chart", "", "ages"))
    assert all(row["open"] is None or row["open"] == 0 or row["open"] >= 5 for row in spec["data"]["values"])


@pytest.fixture
def complaints(city):
    """Two complaints in confidence and seven potholes more: a small cell of one code beside large ones."""
    for _n in range(2):
        make_request("complaint", is_confidential=True)
    services.refresh_facts(now=NOW)


def cells(client, code):
    """A table's rows as the file gives them: first column -> the others."""
    text = client.get(reverse("statistics:table", args=[code]) + "?as=csv").content.decode("utf-8-sig")
    return {row[0]: row[1:] for row in list(csv.reader(io.StringIO(text)))[1:]}


def test_a_small_cell_with_confidential_requests_says_fewer_than_five_to_who_may_not_know_of_them(client, complaints):
    person(client, "supervisor")
    by_code = cells(client, "codes")
    assert by_code[COMPLAINT][0] == "< 5"
    assert by_code["Tree down, blocking"][0] == "< 5"  # or the total would tell the other one
    assert by_code["Pothole"][0] == "8"
    html = page(client)
    assert "Counts under 5 with a confidential request in them are hidden" in html
    assert "what=opened&amp;code=complaint" not in html
    assert "11" in html  # the whole is told
    spec = json.loads(page(client, "chart", "", "ages"))["data"]["values"]
    assert all(row["open"] is None or row["open"] == 0 or row["open"] >= 5 for row in spec)
    narrowed = page(client, "report", "?code=complaint")
    assert "&lt; 5" in narrowed and not re.search(r">\s*2\s*<", narrowed)


def test_a_records_officer_sees_the_same_cell(client, complaints):
    person(client, "records_officer")
    assert cells(client, "codes")[COMPLAINT][0] == "2"
    assert "2 records" in page(client, "records", "?what=opened&code=complaint")


@pytest.mark.parametrize(
    "query", ["?what=opened&code=complaint", "?what=opened&code=tree_down", "?what=open&code=nothing"]
)
def test_the_list_behind_a_small_figure_tells_nothing_of_what_it_leaves_out(client, complaints, query):
    person(client, "supervisor")
    html = page(client, "records", query)
    assert "Requests that are confidential, or not yours to read, are counted but not listed." in html
    assert "more are counted" not in html
    exported = b"".join(take_file(client, reverse("statistics:records") + query + "&as=csv").streaming_content).decode()
    assert "omplaint" not in exported.partition("\n")[2]


def test_the_list_behind_a_large_figure_says_how_many_are_left_out_and_names_no_code(client, complaints):
    person(client, "supervisor")
    html = page(client, "records", "?what=opened")
    content = html.partition('<main id="main"')[2]
    assert "3 more are counted but not listed" in content and "omplaint" not in content


def test_a_printed_report_hides_what_its_maker_may_not_know(client, complaints):
    from citydesk.management.statistics.queries.printed import paper_of

    for role, told in (("supervisor", "< 5"), ("records_officer", "2")):
        maker = access_of(person(client, role))
        services.print_report(query="", language="en", access=maker, now=NOW)
        asked = PrintedReport.objects.latest("id")
        rights = {"may_see_small": asked.may_see_small, "may_see_sealed": asked.may_see_sealed}
        data, _charts = paper_of("", language="en", now=NOW, **rights)
        rows = next(one["rows"] for one in data["parts"] if one["code"] == "codes")
        assert next(row[1] for row in rows if row[0] == COMPLAINT) == told


def test_the_number_is_the_profiles(client, complaints, monkeypatch):
    monkeypatch.setattr("citydesk.management.statistics.queries.reading.Reading.small", 2)
    person(client, "supervisor")
    assert cells(client, "codes")[COMPLAINT][0] == "2"


def test_records_without_a_department_stand_behind_their_figure_too(client, city):
    person(client, "supervisor")
    change(city.pk, department_id=None, is_confidential=False)
    services.refresh_facts(now=NOW)
    assert "1 records" in page(client, "records", "?what=opened&department=0")


def test_charts_are_data_with_links_and_unknown_ones_are_not_there(client, city):
    person(client, "supervisor")
    for code in ("periods", "codes", "departments", "ages", "hours", "contacts_channel"):
        spec = json.loads(page(client, "chart", "", code))
        assert spec["data"]["values"]
    assert any(row.get("href") for row in json.loads(page(client, "chart", "", "codes"))["data"]["values"])
    assert client.get(reverse("statistics:chart", args=["nothing"])).status_code == 404


def test_tables_and_lists_are_files(client, city):
    person(client, "supervisor")
    answer = client.get(reverse("statistics:table", args=["codes"]) + "?as=csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][0] == "Code" and len(rows) == 3
    assert client.get(reverse("statistics:table", args=["codes"]) + "?as=xlsx").content[:2] == b"PK"
    listed = b"".join(take_file(client, reverse("statistics:records") + "?what=closed&as=csv").streaming_content)
    assert listed.decode("utf-8-sig").count("\n") == 7


def test_targets_stand_in_table_and_chart(client, city):
    person(client, "supervisor")
    html = page(client)
    assert "Target h" in html and "mixed" in html
    rows = json.loads(page(client, "chart", "", "codes"))["data"]["values"]
    pothole = next(row for row in rows if row["name"] == "Pothole")
    assert pothole["target"] and f"target {pothole['target']:g} h" in pothole["said"]


def test_days_the_calendars_name_stand_in_the_chart_and_beside_their_row(client, city, monkeypatch):
    from citydesk.management.statistics.queries import tables
    from citydesk.management.statistics.queries.targets import SpecialDays

    storm = SpecialDays(NOW.date(), NOW.date(), "Storm of the day")
    monkeypatch.setattr(tables, "special_days", lambda first, last, today: [storm])
    person(client, "supervisor")
    assert "Storm of the day</span>" in page(client)
    layers = json.loads(page(client, "chart", "", "periods"))["layer"]
    assert [one["data"]["values"][0]["name"] for one in layers if "data" in one] == ["Storm of the day"] * 2
    told = client.get(reverse("statistics:table", args=["periods"]) + "?as=csv").content.decode("utf-8-sig")
    assert "Special days" in told and "Storm of the day" in told


def test_days_in_a_row_with_one_name_are_one_event():
    from citydesk.management.statistics.queries.targets import SpecialDays, _joined

    day = NOW.date()
    found = _joined([(day + timedelta(days=1), "Storm"), (day, "Storm"), (day + timedelta(days=2), "Early closing")])
    assert found[0] == SpecialDays(day, day + timedelta(days=1), "Storm") and len(found) == 2


def test_a_report_is_kept_under_a_name_and_found_again(client, city):
    person(client, "supervisor")
    answer = client.post(
        reverse("statistics:keep_view"), {"name": "Potholes", "query": "code=pothole&dates=30d&evil=<x>"}
    )
    assert answer["Location"].endswith("?dates=30d&code=pothole")
    html = client.get(answer["Location"]).content.decode()
    assert "Delete the view Potholes" in html
    kept = re.search(r"/desk/reports/views/\d+/delete/", html)[0]
    person(client, "director")
    assert "Potholes" not in page(client)
    assert client.post(kept).status_code == 404
    client.force_login(get_user_model().objects.get(username="one_supervisor"), settings.AUTHENTICATION_BACKENDS[0])
    assert client.post(kept).status_code == 302
    assert "Potholes" not in page(client)


@pytest.mark.parametrize(
    ("now", "then", "words"),
    [
        (187, 1, "187 times as many as a year ago (1)"),
        (12, 9, "was 9 a year ago"),
        (110, 100, "up 10 % on a year ago"),
        (100, 100, "as many as a year ago"),
        (5, 0, ""),
    ],
)
def test_a_change_is_said_so_that_it_means_something(now, then, words):
    from types import SimpleNamespace

    from citydesk.management.statistics.queries.report import _change

    def counted(number):
        return {"requests_opened": SimpleNamespace(total=SimpleNamespace(value=number))}

    assert _change(SimpleNamespace(may_see_small=True, may_see_sealed=True), counted(now), counted(then)) == words


def test_odd_addresses_are_understood_or_named(client, city):
    person(client, "supervisor")
    html = page(client, "report", "?from=2026-13-45&department=x&hour=9&by=nonsense&dates=never")
    assert "This is not a date." in html and "This is not a number." in html
    assert "By hour" not in html
    page(client, "report", "?dates=all&by=month&compare=0&channel=phone&weekday=2")
    page(client, "measures")
    assert "percentile_cont" in page(client, "measure", "", "requests_closed_hours_median")


def test_who_may_not_read_reports_is_turned_away(client, city):
    person(client, "crew")
    assert client.get(reverse("statistics:report")).status_code == 403
    assert client.get(reverse("statistics:records")).status_code == 403


def test_a_printed_report_is_drawn_by_the_worker_and_opened_by_who_asked(client, city):
    person(client, "supervisor")
    answer = client.post(reverse("statistics:print"), {"query": "dates=30d"})
    assert answer.status_code == 302
    assert "Drawing" in client.get(answer["Location"]).content.decode()
    run_jobs(only={"statistics.draw_report"})
    done = PrintedReport.objects.get()
    assert (done.state, done.steps_done) == ("done", done.steps)
    html = client.get(answer["Location"]).content.decode()
    assert "The report is ready" in html
    from citydesk.kernel.files import content_of

    assert content_of(done.file_id)[:5] == b"%PDF-"
    person(client, "director")
    assert client.get(answer["Location"]).status_code == 404


def test_the_comparison_finds_a_sum_that_differs(city):
    assert services.compare_facts(now=NOW) == {}
    spoil_fact(city.pk)
    found = services.compare_facts(now=NOW)
    assert set(found) == {"service_requests_requestday", "service_requests_requestmonth"}
    from citydesk.management.statistics.queries.freshness import check_facts

    assert check_facts(NOW).level == "bad"
    requests.refresh_request_facts(now=NOW, everything=True)
    assert services.compare_facts(now=NOW) == {}
    assert check_facts(NOW).level == "ok"
    assert check_facts(NOW + timedelta(hours=1)).level == "bad"
    assert FactRefresh.objects.get(code="requests").difference == ""


def test_targets_are_said_in_sentences(city):
    from citydesk.management.statistics.queries.kpis import kpi_card, kpi_lines

    lines = kpi_lines(NOW.date(), now=NOW)
    assert lines and all(line.sentence and line.href for line in lines)
    card = kpi_card(SYSTEM_ACCESS, NOW)
    assert [line.value for line in card["counts"]] == [9, 6, 1]


def test_the_card_is_drawn(client, city):
    from django.template.loader import get_template

    from citydesk.management.statistics.queries.kpis import kpi_card

    user = make_user("boss", roles=["supervisor"])
    html = get_template("statistics/card_kpis.jinja").render(kpi_card(access_of(user), NOW))
    assert "Opened today" in html and "<svg" in html
