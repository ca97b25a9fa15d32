"""Finding places on PostgreSQL: address points, crossings, districts by date, what is outside."""

import json
from datetime import date
from pathlib import Path

import pytest

from citydesk.city.places import queries, rules, services
from citydesk.city.places.models import Address, District, Street
from citydesk.city.places.tests import factories
from citydesk.kernel.actors import SYSTEM
from citydesk.kernel.errors import Invalid, NotFound

pytestmark = pytest.mark.django_db
TULSA = Path(__file__).resolve().parents[6] / "shared/data/geo/tulsa_council_districts.geojson"


@pytest.fixture
def town():
    factories.make_districts()
    factories.make_grid()


def test_exact_address_has_its_districts_and_block(town):
    place = queries.resolve("202 north oak street")
    assert (place.kind, place.label, place.in_city) == ("address", "202 N Oak St", True)
    assert place.address_id and place.districts == {"council": "1", "trash": "monday"}
    assert place.block_label == "200 block of N Oak St"
    assert place.cell == rules.cell_of(place.lat, place.lon)


def test_house_number_that_is_missing_is_placed_by_its_neighbors_and_says_so(town):
    place = queries.resolve("203 N Oak St")
    assert place.is_approximate and place.address_id is None and place.note
    assert place.lon == pytest.approx(factories.LON - 0.01 + 103 * 0.00005, abs=1e-5)


def test_a_number_far_from_all_is_not_guessed(town):
    place = queries.resolve("9999 N Oak St")
    assert (place.kind, place.has_point, place.districts) == ("described", False, {})


def test_street_without_its_directional_is_found_if_there_is_only_one(town):
    assert queries.resolve("202 oak").label == "202 N Oak St"
    assert queries.resolve("202 s oak").kind == "described"


def test_spanish_words_find_the_english_street(town):
    assert queries.resolve("calle Oak 202").label == "202 N Oak St"


def test_block_and_street(town):
    block = queries.resolve("200 block of Oak")
    assert (block.kind, block.label, block.has_point) == ("block", "200 block of N Oak St", True)
    street = queries.resolve("Elm Ave")
    assert (street.kind, street.has_point) == ("street", False)


def test_crossing_without_geometry_is_approximate(town):
    place = queries.resolve("Oak & 1st")
    assert (place.kind, place.label, place.is_approximate) == ("intersection", "N Oak St & 1st St", True)
    assert rules.distance_m(place.lat, place.lon, factories.LAT, factories.LON - 0.008) < 60
    assert queries.resolve("esquina de oak y 1st").label == place.label


def test_crossing_with_center_lines_is_exact(town):
    lines = {
        "N Oak St": [[[-85.32, 35.05], [-85.28, 35.05]]],
        "1st St": [[[-85.308, 35.04], [-85.308, 35.06]]],
    }
    rows = [services.StreetRow(name, lines=line) for name, line in lines.items()]
    services.load_streets(rows=rows, actor=SYSTEM, now=factories.NOW)
    place = queries.resolve("Oak St and 1st St")
    assert (place.is_approximate, place.lat, place.lon) == (False, 35.05, -85.308)


def test_streets_that_do_not_meet_are_described(town):
    assert queries.resolve("Oak & Elm").kind == "described"


def test_stretch_between_two_crossings(town):
    place = queries.resolve("Oak between 1st and 2nd")
    assert place.kind == "block" and place.is_approximate
    assert place.label == "N Oak St between 1st St and 2nd St"


def test_described_place_stays_as_described(town):
    place = queries.resolve("behind the library, by the big tree")
    assert (place.kind, place.label, place.lat) == ("described", "behind the library, by the big tree", None)


def test_pin_with_words_keeps_the_words_and_knows_the_district(town):
    place = queries.resolve("behind the library", lat=35.0501, lon=-85.25)
    assert (place.kind, place.label, place.districts["council"]) == ("point", "behind the library", "2")


def test_pin_near_an_address_is_called_by_it(town):
    place = queries.resolve(lat=35.05005, lon=-85.31)
    assert place.label == "Near 100 N Oak St" and place.block_label == "100 block of N Oak St"


def test_outside_is_refused_with_the_border(town):
    with pytest.raises(queries.OutsideCity) as refused:
        queries.resolve(lat=36.0, lon=-85.25)
    assert "Riverton" in str(refused.value.message) and refused.value.facts["border"] == "Riverton"
    with pytest.raises(queries.OutsideCity):
        queries.resolve("36.0, -85.25")


@pytest.mark.parametrize("given", [{"text": ""}, {"lat": "x", "lon": "1"}, {"lat": 99, "lon": 0}])
def test_nothing_and_nonsense_are_refused(town, given):
    with pytest.raises(Invalid):
        queries.resolve(**given)
    with pytest.raises(NotFound):
        queries.resolve(address_id=0)


def test_units_of_a_house():
    rows = [services.AddressRow(f"u{at}", f"500 Oak St Apt {at}", 35.05, -85.3, "37400") for at in (1, 2, 12)]
    services.load_addresses(rows=rows, actor=SYSTEM, now=factories.NOW)
    hits = queries.typeahead("500 oak")
    assert [(hit.label, hit.address_id) for hit in hits] == [("500 Oak St", None)]
    assert [hit.label for hit in queries.typeahead("500 oak st apt 1")] == ["500 Oak St Apt 1", "500 Oak St Apt 12"]
    assert queries.resolve("500 Oak St #2").label == "500 Oak St Apt 2"
    assert queries.resolve("500 Oak St Apt 9").unit == "APT 9"


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("202 n oa", "202 N Oak St"),
        ("202 magnol", "202 Magnolia Blvd"),
        ("202 magnollia boulvard", "202 Magnolia Blvd"),
        ("202 2n", "202 2nd St"),
        ("magn", "Magnolia Blvd"),
        ("oak and 1st", "N Oak St & 1st St"),
        ("200 block elm", "200 block of Elm Ave"),
    ],
)
def test_suggestions_while_typing(town, typed, first):
    assert queries.typeahead(typed)[0].label == first


def test_numbers_still_being_typed_and_too_little(town):
    assert [hit.label for hit in queries.typeahead("20 elm", 3)] == [
        "202 Elm Ave",
        "208 Elm Ave",
        "First block of Elm Ave",
    ]
    assert queries.typeahead("x") == []
    assert queries.typeahead("   ") == []


def test_loading_again_changes_nothing_and_missing_points_are_retired(town):
    before = Address.objects.count()
    rows = [services.AddressRow("N Oak St-100", "100 N Oak St", factories.LAT, factories.LON - 0.01, "37400")]
    report = services.load_addresses(rows=rows, actor=SYSTEM, now=factories.NOW)
    assert (report.added, report.changed, report.unchanged, report.retired) == (0, 0, 1, before - 1)
    assert Address.objects.count() == before
    again = services.load_addresses(rows=rows, actor=SYSTEM, now=factories.NOW)
    assert again.touched == 0


@pytest.mark.parametrize(
    "row",
    [
        services.AddressRow("", "1 Oak St", 35, -85),
        services.AddressRow("a", "Oak St", 35, -85),
        services.AddressRow("a", "1 Oak St", 135, -85),
    ],
)
def test_bad_address_rows_are_refused_whole(row):
    good = services.AddressRow("good", "5 Oak St", 35, -85)
    with pytest.raises(Invalid):
        services.load_addresses(rows=[good, row], actor=SYSTEM, now=factories.NOW)
    assert not Address.objects.exists() and not Street.objects.exists()
    with pytest.raises(Invalid, match="twice"):
        services.load_addresses(rows=[good, good], actor=SYSTEM, now=factories.NOW)


def test_a_redrawn_border_keeps_last_years_answer(town):
    moved = [
        services.DistrictRow("council", "1", "District 1", factories.square(-85.40, 34.98, -85.25, 35.12)),
        services.DistrictRow("council", "2", "District 2", factories.square(-85.25, 34.98, -85.20, 35.12)),
    ]
    report = services.load_districts(rows=moved, on=date(2026, 7, 1), actor=SYSTEM, now=factories.NOW)
    assert (report.changed, report.added) == (2, 0)
    assert queries.districts_at(35.05, -85.27, date(2026, 6, 30))["council"] == "2"
    assert queries.districts_at(35.05, -85.27, date(2026, 7, 1))["council"] == "1"
    assert queries.districts_at(35.05, -85.27)["council"] == "1"
    assert District.objects.filter(kind="council").count() == 4
    again = services.load_districts(rows=moved, on=date(2026, 8, 1), actor=SYSTEM, now=factories.NOW)
    assert again.touched == 0


def test_a_border_that_is_no_polygon_is_refused():
    for geometry in (
        {"type": "Point", "coordinates": [1, 2]},
        {"type": "Polygon"},
        {},
        {"type": "Polygon", "coordinates": [[[1e6, 1], [2, 2], [3, 1], [1e6, 1]]]},
    ):
        with pytest.raises(Invalid):
            services.load_districts(
                rows=[services.DistrictRow("council", "1", "One", geometry)],
                on=date(2026, 1, 1),
                actor=SYSTEM,
                now=factories.NOW,
            )


@pytest.mark.skipif(not TULSA.parents[1].exists(), reason="no ../shared on this clone")
def test_tulsas_nine_districts_hold_known_places():
    assert TULSA.exists(), f"{TULSA} is missing"
    features = json.loads(TULSA.read_text())["features"]
    rows = [
        services.DistrictRow("council", one["properties"]["DISTRICTID"], one["properties"]["NAME"], one["geometry"])
        for one in features
    ]
    services.load_districts(rows=rows, on=date(2026, 1, 1), actor=SYSTEM, now=factories.NOW)
    assert [one["code"] for one in queries.list_districts("council")] == list("123456789")
    places = {
        (36.1520, -95.9460): "4",  # University of Tulsa
        (36.1980, -95.8880): "3",  # the airport
        (36.2125, -95.9056): "1",  # the zoo
        (36.1747, -96.0214): "1",  # Gilcrease Museum
        (36.0600, -95.9950): "2",  # Turkey Mountain
        (36.0625, -95.8820): "7",  # Woodland Hills Mall
    }
    found = {point: queries.resolve(lat=point[0], lon=point[1]).council for point in places}
    assert found == places
    with pytest.raises(queries.OutsideCity, match="none of the city's districts"):
        queries.resolve(lat=35.4676, lon=-97.5164)  # Oklahoma City
    shapes = queries.district_shapes("council")
    assert len(shapes["features"]) == 9 and len(json.dumps(shapes)) < 60_000


def test_near_addresses(town):
    near = queries.addresses_near(factories.LAT, factories.LON - 0.01, radius_m=100)
    assert near[0].line == "100 N Oak St" and near[0].distance_m < 1
    assert all(one.distance_m <= 100 for one in near)
