"""The profile's districts, streets and addresses: mistakes named by file and line, tables mirrored once."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from citydesk.city.places import queries
from citydesk.city.places.models import Address, District, Street
from citydesk.city.places.tests.factories import square
from citydesk.city.profile import services as profile
from citydesk.city.profile.rules import ProfileRefused
from citydesk.city.profile.tests.factories import NOON, load_small, small_folder
from citydesk.kernel.audit import history_of

KINDS = """
[district_kind.council]
name = {en = "Council district", es = "Distrito"}
file = "districts/council.geojson"
code_property = "code"
name_property = "name"

[city_limits]
from_kind = "council"
"""


def feature(geometry, **properties):
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*features):
    return json.dumps({"type": "FeatureCollection", "features": features}, indent=0)


WEST, EAST = square(-85.40, 35.0, -85.30, 35.1), square(-85.30, 35.0, -85.20, 35.1)
COUNCIL = collection(feature(WEST, code="1", name="West", name_es="Oeste"), feature(EAST, code="2", name="East"))
OAK = {"type": "LineString", "coordinates": [[-85.35, 35.05], [-85.25, 35.05]]}
ELM = {"type": "LineString", "coordinates": [[-85.28, 35.02], [-85.28, 35.08]]}
STREETS = collection(feature(OAK, name="Oak St", aliases=["Route 9"]), feature(ELM, name="Elm Ave"))
ADDRESSES = (
    "id,number,street,unit,zip,lat,lon\nA1,112,Oak St,,37400,35.05,-85.33\nA2,114,Oak St,Apt 2,37400,35.05,-85.329\n"
)
FILES = {
    "districts.toml": KINDS,
    "districts/council.geojson": COUNCIL,
    "streets.geojson": STREETS,
    "addresses.csv": ADDRESSES,
}


@pytest.mark.django_db
def test_places_come_from_the_profile_once():
    load_small(FILES)
    place = queries.resolve("112 Oak St")
    assert (place.in_city, place.districts, place.zip) == (True, {"council": "1"}, "37400")
    crossing = queries.resolve("route 9 & elm")
    assert (crossing.label, crossing.is_approximate, crossing.lon) == ("Oak St & Elm Ave", False, -85.28)
    assert queries.resolve("114 Oak St #2").label == "114 Oak St Apt 2"
    with pytest.raises(queries.OutsideCity, match="Smallville"):
        queries.resolve(lat=35.2, lon=-85.3)
    assert queries.list_districts("council") == [{"code": "1", "name": "West"}, {"code": "2", "name": "East"}]
    rows = list(District.objects.values()), list(Street.objects.values()), list(Address.objects.values())
    loads = len(history_of("places.layer", 0))
    load_small(FILES)
    assert rows == (list(District.objects.values()), list(Street.objects.values()), list(Address.objects.values()))
    assert len(history_of("places.layer", 0)) == loads == 3


@pytest.mark.django_db
def test_a_redrawn_district_is_a_new_row_from_the_day_of_the_load():
    load_small(FILES)
    moved = collection(
        feature(square(-85.40, 35.0, -85.25, 35.1), code="1", name="West"),
        feature(square(-85.25, 35.0, -85.20, 35.1), code="2", name="East"),
    )
    later = NOON + timedelta(days=30)
    load_small({**FILES, "districts/council.geojson": moved}, now=later)
    assert queries.districts_at(35.05, -85.27, NOON.date()) == {"council": "2"}
    assert queries.districts_at(35.05, -85.27, later.date()) == {"council": "1"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("file", "text", "line", "reason"),
    [
        ("addresses.csv", ADDRESSES + "A1,9,Elm Ave,,,35,-85\n", 4, "comes twice, first on line 2"),
        ("addresses.csv", ADDRESSES + "A3,x,Elm Ave,,,35,-85\n", 4, "no house number"),
        ("addresses.csv", ADDRESSES + "A3,9,Elm Ave,,,135,-85\n", 4, "latitude"),
        ("addresses.csv", ADDRESSES + ",9,Elm Ave,,,35,-85\n", 4, "no id"),
        ("addresses.csv", "id,number\nA1,2\n", 2, "header has no"),
        ("districts/council.geojson", COUNCIL.replace('"1"', '""'), 5, "has no code"),
        ("districts/council.geojson", COUNCIL.replace("Polygon", "Point"), 5, "no Polygon"),
        (
            "districts/council.geojson",
            COUNCIL.replace("-85.4,", "500000.0,").replace("-85.4\n", "500000\n"),
            5,
            "WGS 84",
        ),
        ("streets.geojson", STREETS.replace("Elm Ave", ""), 27, "no name"),
        ("streets.geojson", "{", 1, "JSON"),
    ],
)
def test_mistakes_are_refused_with_file_line_and_reason(file, text, line, reason):
    with pytest.raises(ProfileRefused) as refused:
        load_small({**FILES, file: text})
    found = [one for one in refused.value.problems if one.file == file and reason in one.reason]
    assert found, [str(one) for one in refused.value.problems]
    assert found[0].line == line
    assert not Address.objects.exists()


def test_a_missing_shape_file_is_named():
    files = {name: text for name, text in FILES.items() if name != "districts/council.geojson"}
    with pytest.raises(ProfileRefused) as refused:
        profile.check_folder(folder=small_folder(files))
    assert any("districts/council.geojson" in str(one) for one in refused.value.problems)


LAND = """
[grid.sample]
to_east = ["Sample Oak St", "Sample Elm St", "Sample Ash St"]
to_north = ["Sample Mill Ave", "Sample Depot Ave"]
corner = [35.04, -85.31]
sample = true
"""


@pytest.mark.django_db
def test_a_city_without_its_land_may_have_sample_streets_that_say_so():
    load_small({"sample_land.toml": LAND})
    assert set(Address.objects.values_list("is_sample", flat=True)) == {True}
    assert set(Street.objects.values_list("is_sample", flat=True)) == {True}
    # Even numbers stand on the right hand of who walks with them; a block is a hundred numbers long.
    right, left = queries.resolve("114 Sample Elm St"), queries.resolve("123 Sample Elm St")
    assert right.lat < left.lat and 15 < (left.lon - right.lon) * 91_000 < 25
    assert (queries.resolve("Sample Elm St & Sample Mill Ave").lat, right.zip) == (35.041976, "")
    once = list(Address.objects.values())
    load_small({"sample_land.toml": LAND})
    assert list(Address.objects.values()) == once


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"sample_land.toml": LAND.replace("sample = true", "")}, "sample is true only"),
        ({"sample_land.toml": LAND.replace(', "Sample Depot Ave"', "")}, "needs 2 to 40 streets"),
        ({**FILES, "sample_land.toml": LAND}, "the city has land of its own"),
    ],
)
def test_sample_streets_that_do_not_hold_are_refused(files, reason):
    with pytest.raises(ProfileRefused) as refused:
        profile.check_folder(folder=small_folder(files))
    assert any(reason in str(one) for one in refused.value.problems), [str(one) for one in refused.value.problems]


@pytest.mark.django_db
def test_the_demo_citys_addresses_all_lie_in_it():
    shipped = profile.read_folder(path=Path(settings.PROFILES_DIR) / "riverton").texts
    mine = ("city.toml", "calendars.toml", "districts.toml", "districts/", "streets.geojson", "addresses.csv")
    load_small({name: text for name, text in shipped.items() if name.startswith(mine)})
    assert Address.objects.count() > 5000
    for row in Address.objects.order_by("?").values("id", "line")[:40]:
        place = queries.resolve(address_id=row["id"])
        assert place.in_city and place.council, row["line"]
    assert queries.resolve(Address.objects.filter(unit="").first().line).address_id
