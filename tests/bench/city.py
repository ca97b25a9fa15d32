"""How fast places are found while typing, and customers by any fragment.

`fill_addresses(200_000)` and `fill_customers(500_000)` make an invented city in an empty database (seeded);
`measure_places()` and `measure_customers()` return rows of build/bench.json. Wall times are of the query alone, in one
process, and mean little without the load average beside them.
"""

import random
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from statistics import quantiles
from typing import Any

from django.db import connection

from citydesk.city.customers import queries as customers
from citydesk.city.customers import rules as customer_rules
from citydesk.city.places import queries as places
from citydesk.city.places import rules as place_rules
from citydesk.city.places import services as place_services
from citydesk.kernel.actors import SYSTEM, SYSTEM_ACCESS
from tests.bench.figures import Figure, at_least, at_most

SEED = 20261122
NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
TYPES = ("St", "Ave", "Rd", "Dr", "Ln", "Blvd", "Ct", "Way", "Cir", "Pl")
SIDES = ("", "", "", "N ", "S ", "E ", "W ")
SYLLABLES = ("ash", "bel", "car", "dun", "el", "fair", "gran", "hol", "iron", "jas", "ken", "lin", "mag", "nor", "oak")
ENDINGS = ("wood", "ton", "field", "dale", "ville", "brook", "ridge", "mont", "view", "ford", "nolia", "stead", "er")
GIVEN = ("Maria", "José", "James", "Mary", "Ana", "Luis", "Robert", "Linda", "Nguyễn", "Wei", "Fatima", "Olga", "Ruth")
FAMILY_START = ("Gar", "Mar", "Ro", "Lo", "Sm", "John", "Wil", "Her", "Fer", "Ko", "Pat", "An", "De", "Mc", "Bau", "Ng")
FAMILY_END = (
    "cia",
    "tinez",
    "driguez",
    "pez",
    "ith",
    "son",
    "liams",
    "nandez",
    "walski",
    "el",
    "derson",
    "mann",
    "uyen",
)


def fill_addresses(count: int) -> float:
    """Load `count` address points on about a fiftieth as many streets; returns the seconds it took."""
    made = random.Random(SEED)
    names: set[str] = set()
    while len(names) < count // 50:
        number = made.randrange(1, 200)
        base = made.choice(SYLLABLES).capitalize() + made.choice(ENDINGS) if made.random() < 0.9 else f"{number}th"
        if made.random() < 0.3:
            base += f" {made.choice(SYLLABLES).capitalize()}{made.choice(ENDINGS)}"
        names.add(f"{made.choice(SIDES)}{base} {made.choice(TYPES)}")
    rows = []
    for at, name in enumerate(sorted(names)):
        lat, lon = 35.0 + made.random() * 0.2, -85.4 + made.random() * 0.2
        for house in range(50):
            line = f"{100 + house * made.choice((2, 4))} {name}"
            where = (lat, lon + house * 0.0003)
            rows.append(place_services.AddressRow(f"{at}-{house}", line, *where, f"374{at % 60:02d}", is_sample=True))
    started = time.perf_counter()
    place_services.load_addresses(rows=rows[:count], actor=SYSTEM, now=NOW)
    return time.perf_counter() - started


def fill_customers(count: int) -> None:
    """Write `count` customers, each with a phone, half with an e-mail and an address, by COPY."""
    made = random.Random(SEED)
    with connection.cursor() as cursor:
        with cursor.copy(
            "COPY customers_customer (id, number, kind, display_name, given_name, family_name, organization_name,"
            " caller_class, language, format_need, needs_interpreter, is_anonymous, family_key, given_key, words,"
            " version, duplicates_checked_at, created_at, created_by, updated_at) FROM STDIN"
        ) as copy:
            for one in range(1, count + 1):
                given, family = made.choice(GIVEN), made.choice(FAMILY_START) + made.choice(FAMILY_END)
                if made.random() < 0.7:
                    family += f"-{made.choice(FAMILY_START)}{made.choice(FAMILY_END)}"
                name, fold = f"{given} {family}", customer_rules.fold
                keys = (fold(family), fold(given), fold(name))
                start = (one, f"CU-B-{one}", "person", name, given, family, "", "resident", "en", "", False, False)
                copy.write_row((*start, *keys, 1, NOW, NOW, "", NOW))
        with cursor.copy(
            "COPY customers_contactpoint (customer_id, kind, use, value, normalized, digits, extension, is_preferred,"
            " created_at) FROM STDIN"
        ) as copy:
            for one in range(1, count + 1):
                digits = f"423{made.randrange(2_000_000, 9_999_999)}"
                copy.write_row((one, "phone", "mobile", digits, f"+1{digits}", digits, "", False, NOW))
                if one % 2:
                    mail = f"user{made.randrange(10**7)}@example.org"
                    copy.write_row((one, "email", "other", mail, mail, "", "", False, NOW))
                    line = f"{made.randrange(1, 9999)} {made.choice(SYLLABLES)}{made.choice(ENDINGS)} st"
                    copy.write_row((one, "postal", "home", line, place_rules.normalize_line(line), "", "", False, NOW))
        cursor.execute("SELECT setval(pg_get_serial_sequence('customers_customer', 'id'), %s)", [count])
        cursor.execute("ANALYZE customers_customer")
        cursor.execute("ANALYZE customers_contactpoint")


def measure_places() -> list[Figure]:
    """Typeahead over the address points that are there: growing prefixes, typos, fragments, crossings."""
    from citydesk.city.places.models import Address

    made = random.Random(SEED)
    total = Address.objects.count()
    lines = list(Address.objects.order_by("id").values_list("line", flat=True)[:: max(total // 150, 1)])
    typed = [line[:end] for line in lines for end in range(3, len(line), 4)]
    wrong = [_misspelt(line, made) for line in lines]
    asked = [
        *typed,
        *wrong,
        *[f"{a.split(' ', 1)[1]} & {b.split(' ', 1)[1]}" for a, b in zip(lines, lines[7:], strict=False)],
    ]
    made.shuffle(asked)
    found = sum(
        any(hit.label == line for hit in places.typeahead(text)) for text, line in zip(wrong, lines, strict=True)
    )
    return [
        _row("places_typeahead_p95", _p95(places.typeahead, asked), "ms", 100, total),
        _row("places_typo_found_share", round(100 * found / len(lines), 1), "percent", 80, total, is_least=True),
        _row("places_resolve_p95", _p95(places.resolve, lines), "ms", 20, total),
        _row("places_near_p95", _p95(_near, range(200)), "ms", 5, total),
    ]


def measure_customers() -> list[Figure]:
    """Search over the customers that are there: names, parts, typos, digits, e-mails, addresses."""
    from citydesk.city.customers.models import ContactPoint, Customer

    made = random.Random(SEED)
    total = Customer.objects.count()
    step = max(total // 100, 1)
    names = [customer_rules.fold(name) for name in Customer.objects.values_list("display_name", flat=True)[::step]]
    points = list(ContactPoint.objects.order_by("id").values_list("kind", "value")[: 1500 * 7 : 7])
    kinds: dict[str, Iterable[str]] = {
        "names": [name[:end] for name in names for end in (3, 5, 8, len(name))],
        "name_parts": [name.split()[-1][2:7] for name in names],
        "misspelt": [_misspelt(name, made) for name in names],
        "digits": [value[at:] for kind, value in points if kind == "phone" for at in (0, 3, 6)],
        "emails": [value[:9] + "@" for kind, value in points if kind == "email"],
        "addresses": [value[:10] for kind, value in points if kind == "postal"],
    }
    found = sum(
        any(customer_rules.fold(hit.display_name) == name for hit in customers.find(SYSTEM_ACCESS, text, 20))
        for text, name in zip(kinds["misspelt"], names, strict=True)
    )
    rows = [
        _row("customers_misspelt_found_share", round(100 * found / len(names), 1), "percent", 80, total, is_least=True)
    ]
    for kind, texts in kinds.items():
        tried = sorted(set(texts))
        made.shuffle(tried)
        value = _p95(lambda text: customers.find(SYSTEM_ACCESS, text), tried[:200])
        rows.append(_row(f"customers_find_{kind}_p95", value, "ms", 100, total))
    return rows


def _near(at: int) -> Any:
    made = random.Random(SEED + at)
    return places.addresses_near(35.0 + made.random() * 0.2, -85.4 + made.random() * 0.2, 150)


def _misspelt(text: str, made: random.Random) -> str:
    """The text with one letter of its longest word doubled, dropped or swapped."""
    words = text.split()
    at = max(range(len(words)), key=lambda place: len(words[place]))
    word = words[at]
    spot = made.randrange(1, max(len(word) - 1, 2))
    words[at] = made.choice((word[:spot] + word[spot] * 2 + word[spot + 1 :], word[:spot] + word[spot + 1 :]))
    return " ".join(words)


def _p95(call: Callable[[Any], Any], inputs: Iterable[Any]) -> float:
    inputs = list(inputs)
    for one in inputs[:20]:
        call(one)
    spent = []
    for one in inputs:
        started = time.perf_counter()
        call(one)
        spent.append((time.perf_counter() - started) * 1000)
    return round(quantiles(spent, n=20)[-1], 2)


def _row(name: str, value: float, unit: str, target: float, rows: int, *, is_least: bool = False) -> Figure:
    return at_least(name, value, unit, target, rows) if is_least else at_most(name, value, unit, target, rows)
