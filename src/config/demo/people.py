"""Invented residents: names, telephones of the reserved 555-01xx range, addresses of the city's own list."""

import random
from dataclasses import dataclass
from datetime import datetime

from citydesk.city.customers import services as customers
from citydesk.city.places import queries as places
from citydesk.city.places.rules import ResolvedPlace
from citydesk.city.profile import queries as profile
from citydesk.kernel.actors import SYSTEM
from config.demo import told

# Names as words in a text: a list of fifty quoted names is no clearer.
_GIVEN = """
Henrike Rubén Maria Thomas Aaliyah Grace Walter Denise Omar Priya Kenji Lucía Samuel Ingrid
Marcus Wanda Felix Nadia Clarence Beatriz Howard Yolanda Peter Amara Leon Sofía Harold Mei
Carlos Edith Jerome Ximena Arthur Fatima Glenn Rosa Douglas Paloma Victor Hannah Ernesto Joyce
Malik Teresa Roland Camila Eugene Tamika Andrés Lorraine
"""
_FAMILY = """
Dahl Garcia Fenwick Castellanos Whitaker Okafor Nguyen Brandt Herrera Kowalski Abernathy Delgado
Sutton Ramírez Lindgren Booker Ortiz Hargrove Patel Moreno Tillman Vega Ashby Romero Chen
Fontaine Salazar Pruitt Mendoza Yates Rivera Holloway Navarro Beck Guzmán Thornton Ibarra Crane
Solís Dempsey Acosta Winslow Paredes Lomax Cordero Finch
"""
_SPANISH = """
Garcia Castellanos Herrera Delgado Ramírez Ortiz Moreno Vega Romero Salazar Mendoza Rivera
Navarro Guzmán Ibarra Solís Acosta Paredes Cordero
"""
GIVEN, FAMILY, SPANISH = (tuple(names.split()) for names in (_GIVEN, _FAMILY, _SPANISH))


@dataclass(frozen=True)
class Resident:
    """A person of the demo city with the place they call about most."""

    id: int
    name: str
    language: str
    email: str
    phone: str
    home: ResolvedPlace


def homes(count: int, chance: random.Random) -> list[ResolvedPlace]:
    """Resolved places of addresses drawn from the city's list: all within its map, spread evenly. A profile without
    addresses gets points around the middle of its map."""
    center = profile.city().map_center
    assert center, "the demo city has a map"
    near = places.addresses_near(*center, radius_m=6000, limit=20_000)
    if not near:
        return [_somewhere(center, number, chance) for number in range(count)]
    return [places.resolve(address_id=one.address_id) for one in chance.sample(near, min(count, len(near)))]


def _somewhere(center: tuple[float, float], number: int, chance: random.Random) -> ResolvedPlace:
    """A point some hundred meters to a few kilometers from the middle, named as what it is."""
    lat, lon = (middle + chance.uniform(-0.02, 0.02) for middle in center)
    return places.resolve(f"Sample place {number + 1}", lat=lat, lon=lon)


def make_residents(count: int, drawn: list[ResolvedPlace], now: datetime, chance: random.Random) -> list[Resident]:
    """So many residents, each with a telephone, some with e-mail, a quarter of them speaking Spanish."""
    residents = []
    areas = [profile.city().phone[2:5], *told.story("residents").get("area_codes", ())]
    for index in range(count):
        given, family = chance.choice(GIVEN), chance.choice(FAMILY)
        language = "es" if family in SPANISH and chance.random() < 0.55 else "en"
        # 555-0100 to 0199 is reserved for fiction; with area codes of the region the pool is large enough.
        phone = f"+1{chance.choice(areas)}55501{index % 100:02d}"
        email = f"{given}.{family}{index}@example.org".lower() if chance.random() < 0.55 else ""
        points = [customers.NewPoint("phone", phone)]
        if email:
            points.append(customers.NewPoint("email", _plain(email), is_preferred=True))
        home = drawn[index % len(drawn)]
        points.append(customers.NewPoint("postal", home.label, address_id=home.address_id))
        made = customers.create_customer(
            given_name=given,
            family_name=family,
            language=language,
            points=points,
            actor=SYSTEM,
            now=now,
            needs_interpreter=language == "es" and chance.random() < 0.4,
        )
        residents.append(Resident(made.id, f"{given} {family}", language, _plain(email), phone, home))
    return residents


def _plain(email: str) -> str:
    return email.translate(str.maketrans("áéíóúñü", "aeiounu"))
