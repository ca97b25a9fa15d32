"""How addresses are read, and the laws of cells and distances."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citydesk.city.places import rules
from citydesk.kernel.errors import Invalid

LINES = {
    "1200 North Oak Street, Apartment 4": "1200 N OAK ST APT 4",
    "1200 N. Oak St. #4": "1200 N OAK ST # 4",
    "1200 oak": "1200 OAK",
    "1200 block of Oak": "1200 BLOCK OF OAK",
    "the 1200 blk Oak St": "1200 BLOCK OF OAK ST",
    "cuadra 1200 de Oak": "1200 BLOCK OF OAK",
    "First block of Oak St": "1 BLOCK OF OAK ST",
    "Highway 58 4500": "4500 HIGHWAY 58",
    "4500 hwy 58": "4500 HIGHWAY 58",
    "1200 US-27 N": "1200 US HIGHWAY 27 N",
    "I-24": "INTERSTATE 24",
    "calle Oak 1200": "1200 CALLE OAK",
    "Calle Peña, 1200": "1200 CALLE PENA",
    "Avenida Elm 300 apto 5": "300 AVENIDA ELM APT 5",
    "123 1/2 main st, Tulsa, OK 74103": "123 1/2 MAIN ST",
    "5 ave": "5 AVE",
    "South Ave": "SOUTH AVE",
    "12 Avenue C": "12 AVENUE C",
    "1200 St. Elmo Ave": "1200 ST ELMO AVE",
    "1200B Oak St": "1200B OAK ST",
    "1200 Front St": "1200 FRONT ST",
    "1200 Oak St Rear": "1200 OAK ST REAR",
    "first st": "1ST ST",
    "1200 North West Oak": "1200 NW OAK",
    "1200 O'Brien Dr.": "1200 OBRIEN DR",
    "1200 Martin Luther King Jr. Boulevard NE": "1200 MARTIN LUTHER KING JR BLVD NE",
}


@pytest.mark.parametrize(("typed", "written"), LINES.items())
def test_line_is_written_as_the_postal_service_writes_it(typed, written):
    assert rules.normalize_line(typed) == written


@given(st.text(max_size=250))
@settings(max_examples=600)
def test_any_text_normalizes_and_a_normalized_text_stays(text):
    once = rules.normalize_line(text)
    assert rules.normalize_line(once) == once
    rules.street_candidates(rules.parse_line(text))
    rules.display_line(once)
    rules.parse_crossing(text)
    rules.parse_between(text)
    rules.parse_point(text)


WORDS = (
    "1200 12 58 N north oeste Oak oak Elm St street ave avenue calle avenida hwy highway block of apt # 4 B "
    "y & and 1/2 lot rear floor Camino Real 5th first saint de la esquina entre , - . ' 37402 TN US I-24 sr"
)
ADDRESS_WORDS = st.lists(st.sampled_from(WORDS.split()), max_size=9).map(" ".join)


@given(ADDRESS_WORDS)
@settings(max_examples=1500)
def test_any_mix_of_address_words_normalizes_to_something_stable(text):
    once = rules.normalize_line(text)
    assert rules.normalize_line(once) == once


def test_parts_of_a_line():
    line = rules.parse_line("1200 N Oak St Apt 4, Riverton TN 37402-1234")
    assert (line.number, line.predirectional, line.name, line.street_type) == (1200, "N", "OAK", "ST")
    assert (line.unit, line.zip) == ("APT 4", "37402")


def test_spanish_street_may_be_an_english_one():
    candidates = rules.street_candidates(rules.parse_line("calle Oak norte 1200"))
    assert {"CALLE OAK NORTE", "N OAK ST"} <= set(candidates)


def test_numbered_highway_may_be_listed_under_its_kin():
    assert "STATE ROUTE 58" in rules.street_candidates(rules.parse_line("4500 Highway 58"))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Oak & Elm", ("OAK", "ELM")),
        ("corner of Oak St and Elm Ave", ("OAK ST", "ELM AVE")),
        ("esquina de Oak y Elm", ("OAK", "ELM")),
        ("Oak / Elm", ("OAK", "ELM")),
        ("1200 Oak and Elm", None),
        ("Oak St", None),
        ("123 1/2 Oak St", None),
    ],
)
def test_crossings(text, names):
    assert rules.parse_crossing(text) == names


def test_between_and_points():
    assert rules.parse_between("Oak entre 3rd y 4th") == ("OAK", "3RD", "4TH")
    assert rules.parse_point("36.154, -95.9928") == (36.154, -95.9928)
    assert rules.parse_point("136.154, -95.9928") is None
    assert rules.parse_point("1200 Oak") is None


def test_block_labels_are_read_in_the_readers_language():
    assert rules.block_in("1200 block of Oak St", "es-MX") == "Cuadra 1200 de Oak St"
    assert rules.block_in("First block of Oak St", "es") == "Primera cuadra de Oak St"
    assert rules.block_in("1200 block of Oak St", "en") == "1200 block of Oak St"
    assert rules.block_in("Oak St and Main St", "es") == "Oak St and Main St"


def test_block_labels_hide_the_house():
    assert rules.block_label(1210, "Oak St") == "1200 block of Oak St"
    assert rules.block_label(17, "Oak St") == "First block of Oak St"
    assert rules.block_label(None, "Oak St") == "Oak St"


LATS, LONS = st.floats(-75, 75), st.floats(-180, 180)


@given(LATS, LONS, st.floats(0, 3000), st.floats(0, 1), st.floats(0, 360))
@settings(max_examples=800)
def test_cells_of_a_circle_hold_every_point_in_it(lat, lon, radius, share, bearing):
    from math import asin, atan2, cos, degrees, radians, sin

    angle = radius * share / 6_371_008.8
    phi, theta = radians(lat), radians(bearing)
    north = asin(sin(phi) * cos(angle) + cos(phi) * sin(angle) * cos(theta))
    east = radians(lon) + atan2(sin(theta) * sin(angle) * cos(phi), cos(angle) - sin(phi) * sin(north))
    point = degrees(north), (degrees(east) + 540) % 360 - 180
    assert rules.distance_m(lat, lon, *point) <= radius + 0.01
    assert rules.cell_of(*point) in rules.cell_keys(lat, lon, radius)


def test_a_small_circle_touches_few_cells_and_a_huge_one_is_refused():
    assert len(rules.cell_keys(36.15, -95.99, 150)) <= 9
    with pytest.raises(ValueError, match="more than"):
        rules.cell_keys(36.15, -95.99, 50_000)
    with pytest.raises(ValueError, match="negative"):
        rules.cell_keys(36.15, -95.99, -1)


@given(LATS, LONS, LATS, LONS)
def test_distance_is_a_distance(lat_a, lon_a, lat_b, lon_b):
    there = rules.distance_m(lat_a, lon_a, lat_b, lon_b)
    assert there >= 0
    assert there == pytest.approx(rules.distance_m(lat_b, lon_b, lat_a, lon_a), abs=1e-6)
    assert rules.distance_m(lat_a, lon_a, lat_a, lon_a) == 0


def test_state_plane_feet_become_degrees():
    lat, lon = rules.project_to_wgs84(987_000, 211_000, 2263)
    assert (lat, lon) == pytest.approx((40.7458, -73.9901), abs=0.001)
    with pytest.raises(Invalid):
        rules.project_to_wgs84(987_000, 211_000, 99_999_999)
    with pytest.raises(Invalid):
        rules.project_to_wgs84(1e300, 1e300, 2263)


@pytest.mark.parametrize(("lat", "lon"), [("x", 1), (91, 0), (0, 181), (float("nan"), 0), (None, 1), (10**400, 0)])
def test_what_is_no_point_is_refused(lat, lon):
    with pytest.raises(Invalid):
        rules.check_point(lat, lon)


@pytest.mark.parametrize(
    ("meters", "units", "said"),
    [
        (61, "imperial", "200 ft"),
        (1, "imperial", "10 ft"),
        (644, "imperial", "0.4 mi"),
        (61, "metric", "60 m"),
        (1234, "metric", "1.2 km"),
    ],
)
def test_a_distance_is_said_in_the_units_of_the_city(meters, units, said):
    assert rules.distance_text(meters, units) == said
