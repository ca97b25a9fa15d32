"""What the macros need from Python, and that every macro draws."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib.staticfiles import finders
from django.template import engines
from django.test import RequestFactory, override_settings
from django.utils import timezone, translation

from citydesk.kernel import error_pages, shell, ui
from citydesk.kernel.registries import NavItem, registries


def test_due_counts_back_until_it_is_late():
    now = timezone.now()
    assert ui.due_words(now - timedelta(days=2, hours=1), now).strong == "Late 2 d"
    assert ui.due_words(now - timedelta(minutes=44), now).tone == "late"
    soon = ui.due_words(now + timedelta(days=1, hours=2), now)
    assert (soon.tone, soon.quiet) == ("later", "in 26 h")
    assert ui.due_words(now - timedelta(days=2), now, is_open=False).tone == "done"


@pytest.mark.parametrize(
    ("code", "shape"),
    [
        ("IN_PROGRESS", "in_progress"),
        ("waiting-for-resident", "waiting"),
        ("cancelled", "closed_no_action"),
        ("?", "open"),
    ],
)
def test_status_codes_find_their_shape(code, shape):
    assert ui.badge_kind(code) == shape


def test_error_lines_lead_to_their_fields():
    lines = ui.error_lines({"where": ["Choose a street."], "__all__": ["Too late."]})
    assert [(line.href, line.text) for line in lines] == [("#f-where", "Choose a street."), ("", "Too late.")]


def test_meter_never_leaves_its_bar():
    bars = ui.meter_bars(timedelta(hours=9), timedelta(hours=4), [(timedelta(hours=1), timedelta(0))])
    assert bars.used == 1000 and bars.pauses == [(250, 4.0)]
    assert ui.meter_bars(1, 0).used == 0


def test_spark_of_one_value_is_drawn():
    assert ui.spark_points([3]).line == "3.0,28.0"


class Reader:
    actor = type("Actor", (), {"is_staff": True, "label": "Dana Whitlock", "staff_id": None})()
    team_ids: frozenset = frozenset()
    permissions = frozenset({"allowed"})

    def may(self, permission):
        return permission == "allowed"


def test_navigation_shows_what_the_reader_may_open_and_where_they_are(monkeypatch):
    items = {
        "styles": NavItem("styles", "Styles", "kernel:styles", "allowed", order=2),
        "secret": NavItem("secret", "Secret", "kernel:styles", "other"),
        "gone": NavItem("gone", "Gone", "no:such", "allowed"),
    }
    monkeypatch.setattr(registries, "nav", items)
    request = RequestFactory().get("/desk/styles/queue/")
    request.access = Reader()
    around = shell.Shell(request)
    assert [(entry.code, entry.is_current) for entry in around.nav] == [("styles", True)]
    assert around.user_label == "Dana Whitlock"


def test_a_part_is_asked_once_and_unknown_parts_are_refused(monkeypatch):
    asked = []
    monkeypatch.setattr(shell, "_sources", {})
    shell.provide("strip", lambda request: asked.append(1) or [{"id": 1}])
    around = shell.Shell(RequestFactory().get("/"))
    assert around.strip == around.strip == [{"id": 1}]
    assert asked == [1]
    with pytest.raises(ValueError):
        shell.provide("strop", lambda request: None)


@pytest.mark.parametrize("status", [400, 403, 404, 500, 503])
@pytest.mark.parametrize("language", ["en", "es"])
def test_error_pages_ask_no_database_and_name_the_incident(status, language):
    request = RequestFactory().get("/desk/", headers={"X-Request-Id": "0123abcd-77"})
    with translation.override(language):
        page = error_pages.error_page(request, status, "The place is outside the city.").content.decode()
    assert "0123ABCD" in page and "The place is outside the city." in page
    assert f'lang="{language}"' in page


def test_a_resident_who_went_astray_is_led_to_the_site_and_not_to_the_desk():
    led = [error_pages.error_page(RequestFactory().get(at), 404).content.decode() for at in ("/trak/", "/desk/trak/")]
    assert ['href="/desk/"' in page for page in led] == [False, True]
    assert all("btn--solid" in page for page in led)


def test_error_of_the_api_is_data():
    request = RequestFactory().get("/api/v1/requests")
    answer = error_pages.error_page(request, 404)
    assert answer["Content-Type"] == "application/json"


@override_settings(TILE_URL="/tiles/{z}/{x}/{y}.png")
def test_map_data_numbers_its_markers():
    data = ui.map_data(35.0, -85.3, 16, 152, [(35.0, -85.3, "1", "SR-26-038871-K", "/x")], "", False)
    assert '"number": "1"' in data and '"tiles": "/tiles/' in data


def test_the_bar_holds_what_its_words_leave_room_for_and_where_one_is():
    def row(labels, at=0):
        entries = [shell.NavEntry(text, text, f"/{text}/", number == at) for number, text in enumerate(labels)]
        return [one.label for one in shell._that_fit(entries)]

    short, long = ["Home", "Queue", "Map"], ["Inicio", "Órdenes de trabajo", "Formularios impresos", "Derivaciones"]
    assert row(short) == short
    many = [*short, *long, "Reports", "Records"]
    assert row(many) == many[:6]  # what comes after one that does not fit is under "More", however short it is
    assert row(many, at=8) == [*many[:5], "Records"]


def test_a_history_stands_under_the_days_it_fell_on():
    at = datetime(2026, 11, 24, 19, 5, tzinfo=UTC)
    moments = (at, at - timedelta(hours=1), at - timedelta(days=3))
    lines = [SimpleNamespace(at=one, actor="Ana", sentence="looked", reason="because", icon="tick") for one in moments]
    parts = engines["jinja2"].env.get_template("kernel/ui.jinja").module
    told, without = str(parts.history(lines)), str(parts.history(lines, reasons=False))
    assert told.count("timeline__day") == 2 and told.count('class="entry ') == 3
    assert told.index("24 Nov 2026") < told.index("21 Nov 2026")
    assert "because" in told and "because" not in without


def test_every_icon_that_a_room_names_is_in_the_set():
    drawn = finders.find("vendor/icons.svg")
    assert drawn, "The icons were not joined: run `make assets`."
    known = set(re.findall(r'<symbol[^>]*id="([^"]+)"', Path(drawn).read_text(encoding="utf-8")))
    house = Path(ui.__file__).parents[1]
    named = {
        name: file.relative_to(house)
        for file in house.rglob("*")
        if file.suffix in (".py", ".jinja") and "tests" not in file.parts
        for name in re.findall(r'\bicon(?:_name)?="([a-z_-]+)"', file.read_text(encoding="utf-8"))
    }
    blank = {name: str(file) for name, file in named.items() if ui.icon_name(name) not in known}
    assert named and not blank, blank
