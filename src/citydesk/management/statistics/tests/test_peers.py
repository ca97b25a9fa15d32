"""Beside other offices: ours only where somebody found both counted alike, and never without source and caveat."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.urls import reverse

from citydesk.city.profile import services as profile
from citydesk.city.profile.rules import ProfileRefused
from citydesk.city.profile.tests.factories import load_small
from citydesk.city.staff.tests.factories import access_of, make_user
from citydesk.contact.traffic.tests.factories import extra, import_text
from citydesk.contact.traffic.tests.test_numbers import IN_WEEK, answered
from citydesk.kernel.errors import NotAllowed, NotFound
from citydesk.management.statistics.queries.peers import get_peers, get_side
from citydesk.management.statistics.rules.peers import UNITS

pytestmark = pytest.mark.django_db
NOW = IN_WEEK + timedelta(days=30)
PEERS = """
[peer.alpha]
order = 1
name = {en = "Alpha 311", es = "Alfa 311"}
year = "2025"
source = "alpha.example, budget page"
[[peer.alpha.figures]]
figure = "asa"
value = 42
definition = {en = "From the greeting's end to the answer", es = "Desde el fin del saludo hasta la respuesta"}
match = "same"
is_verified = false
[[peer.alpha.figures]]
figure = "asa"
value = 30
basis = "target"
definition = {en = "The goal", es = "La meta"}
match = "same"
is_verified = true
[[peer.alpha.figures]]
figure = "cost_per_contact"
value = 5.44
definition = {en = "Salaries by contacts", es = "Salarios entre contactos"}
match = "different"
caveat = {en = "Salaries alone", es = "Solo salarios"}
is_verified = true
[peer.beta]
order = 2
name = {en = "Beta 311", es = "Beta 311"}
year = "2024"
source = "invented"
sample = true
[[peer.beta.figures]]
figure = "unanswered_share"
value = 7.5
definition = {en = "Of calls in the queue", es = "De las llamadas en cola"}
match = "same"
is_verified = true
[[peer.beta.figures]]
figure = "calls_per_month"
value = 40000
definition = {en = "Calls", es = "Llamadas"}
match = "adjustable"
caveat = {en = "By head first", es = "Primero por habitante"}
is_verified = true
"""


@pytest.fixture
def boss(tmp_path, time_machine):
    time_machine.move_to(NOW, tick=False)
    load_small({**extra(), "peers.toml": PEERS}, now=IN_WEEK - timedelta(days=1))
    make_user("ann")
    # Ten calls, each answered after five seconds.
    import_text(tmp_path, answered({"ann": 10}, {"ann": 60}))
    return make_user("boss", roles=["supervisor"])


def test_ours_stands_beside_what_is_counted_alike_alone(boss):
    page = get_peers(access_of(boss, NOW), now=NOW)
    assert [(one.figure, one.own) for one in page.sides] == [("asa", 5.0), ("unanswered_share", 0.0)]
    assert [(one.name, one.value, one.is_verified) for one in page.sides[0].beside] == [("Alpha 311", 42.0, False)]
    apart = {(one.figure, one.basis, one.match) for one in page.apart}
    assert apart == {
        ("asa", "target", "same"),
        ("cost_per_contact", "actual", "different"),
        ("calls_per_month", "actual", "adjustable"),
    }
    assert page.selection.days == 365 and page.selection.last == (NOW - timedelta(days=1)).date()
    assert [one.is_sample for one in page.sides[1].beside] == [True]


def test_where_nothing_was_counted_ours_is_missing_and_not_nought(boss):
    later = NOW + timedelta(days=400)
    page = get_peers(access_of(boss, later), now=later)
    assert [one.own for one in page.sides] == [None, None]


def test_the_page_says_whose_figure_it_is_and_where_it_is_from(client, boss):
    client.force_login(boss, backend=settings.AUTHENTICATION_BACKENDS[0])
    shown = client.get(reverse("statistics:peers")).content.decode()
    for words in ("Alpha 311", "0:42", "0:05", "alpha.example, budget page", "Not read again", "invented", "$5.44"):
        assert words in shown, words
    assert "Salaries alone" in shown and "a target" in shown and "40,000" in shown
    get_user_model().objects.filter(pk=boss.pk).update(language="es")
    spanish = client.get(reverse("statistics:peers")).content.decode()
    assert "Junto a otras oficinas" in spanish and "Alfa 311" in spanish and "Solo salarios" in spanish


def test_the_drawing_has_the_bars_of_its_table(client, boss):
    client.force_login(boss, backend=settings.AUTHENTICATION_BACKENDS[0])
    spec = client.get(reverse("statistics:peers_chart", args=["asa"])).json()
    assert [one["value"] for one in spec["data"]["values"]] == [5.0, 42.0]
    assert client.get(reverse("statistics:peers_chart", args=["cost_per_contact"])).status_code == 404
    with pytest.raises(NotFound):
        get_side(access_of(boss, NOW), "nothing", now=NOW)


def test_it_is_for_readers_of_reports(client, boss):
    crew = make_user("crew", roles=["crew"])
    with pytest.raises(NotAllowed):
        get_peers(access_of(crew, NOW), now=NOW)
    client.force_login(crew, backend=settings.AUTHENTICATION_BACKENDS[0])
    assert client.get(reverse("statistics:peers")).status_code == 403


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('figure = "asa"\nvalue = 42', 'figure = "assa"\nvalue = 42', "figure is assa"),
        ("value = 7.5", "value = 107.5", "more than 100 percent"),
        ('caveat = {en = "Salaries alone", es = "Solo salarios"}\n', "", "caveat is missing"),
        ('source = "invented"\n', "", "source is missing"),
        ('year = "2024"\n', "", "year is missing"),
        ("is_verified = false\n", "", "is_verified is missing"),
        ('basis = "target"\n', "", "says asa (actual) twice"),
        ('match = "adjustable"', 'match = "alike"', "match is alike"),
        (', es = "De las llamadas en cola"', "", "definition has no text in es"),
    ],
)
def test_what_does_not_hold_is_refused_with_its_line(db, old, new, reason):
    assert PEERS.count(old) == 1
    with pytest.raises(ProfileRefused) as caught:
        load_small({**extra(), "peers.toml": PEERS.replace(old, new)}, now=IN_WEEK)
    (problem,) = caught.value.problems
    assert problem.file == "peers.toml" and problem.line > 1 and reason in problem.reason


@pytest.mark.parametrize("name", sorted(path.name for path in Path(settings.PROFILES_DIR).iterdir() if path.is_dir()))
def test_every_shipped_profile_has_a_library_with_sources(name, db):
    folder = profile.read_folder(path=Path(settings.PROFILES_DIR) / name)
    entries = profile.check_folder(folder=folder, with_examples=False).snapshot().entries("peers", NOW.date())
    figures = [one for body in entries.values() for one in body["figures"]]
    assert len(entries) >= 18 and {one["figure"] for one in figures} <= set(UNITS)
    assert all(body["source"] and body["year"] for body in entries.values())
    assert all(one["caveat"] for one in figures if one["match"] != "same")
    # A city is not its own peer, and only the invented one has invented peers.
    assert not any(code.startswith(name.split("_")[0]) for code in entries)
    invented = {code for code, body in entries.items() if body.get("provenance", {}).get("*", {}).get("sample")}
    assert invented == ({"lakeport", "millbrook"} if name == "riverton" else set())
