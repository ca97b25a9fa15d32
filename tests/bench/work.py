"""What a clerk's and a partner's keys set off: reports taken in, drafts kept, words and neighbors looked for."""

import random
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from itertools import cycle
from typing import Any
from urllib.parse import urlencode

from django.db import connection

from citydesk.contact.interactions import services as interactions
from citydesk.contact.service_requests import queries as requests
from citydesk.kernel.actors import SYSTEM_ACCESS, Access, Actor, ActorKind
from citydesk.kernel.clock import utc_now
from tests.bench.city import ENDINGS, SEED, SYLLABLES
from tests.bench.cost import Browser, Cost, cost_of
from tests.bench.figures import Figure, at_most
from tests.bench.load import MORE, PROBLEMS
from tests.bench.pages import print_costs

CALLS_A_MINUTE = 6000  # the most a key may be given


def make_keys(count: int) -> list[str]:
    """Keys of partners that may report as fast as any key may."""
    from citydesk.city.staff import services as staff
    from citydesk.city.staff.models import User

    access = Access(Actor(ActorKind.STAFF, User.objects.order_by("id")[0].pk, "Bench"), frozenset({"staff.manage"}))
    return [
        staff.make_api_key(
            name=f"Bench {one}", scopes=["open311.report"], per_minute=CALLS_A_MINUTE, access=access, now=utc_now()
        )
        for one in range(count)
    ]


def reports(key: str, count: int, seed: int = SEED) -> list[dict[str, str]]:
    """The fields of reports on streets of the city, each a different one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT lat, lon FROM places_address ORDER BY md5(id::text || %s) LIMIT 2000", [str(seed)])
        points = cursor.fetchall()
    made = random.Random(seed)
    return [
        {
            "api_key": key,
            "service_code": "pavement_markings",
            "lat": f"{points[at % len(points)][0]:.6f}",
            "long": f"{points[at % len(points)][1]:.6f}",
            "description": f"{made.choice(PROBLEMS)}, {made.choice(MORE)} {made.randrange(10**6)}",
            "email": f"reporter{made.randrange(10**6)}@example.org",
            "first_name": made.choice(("Ana", "Luis", "Mary", "Wei")),
            "last_name": made.choice(SYLLABLES).capitalize() + made.choice(ENDINGS),
        }
        for at in range(count)
    ]


def someone(name: str) -> Any:
    """One of the profile's sample people."""
    from citydesk.city.staff.models import User

    return User.objects.get(username=name)


def begun_contact(user: Any) -> tuple[int, Any]:
    """(a contact that was just begun, who has it open, with their rights)."""
    from citydesk.city.staff import queries as staff

    user = staff.user_with_rights(user.pk, utc_now())
    return interactions.start_draft(access=staff.access_for(user, utc_now()), now=utc_now()), user


def measure_draft(size: int) -> list[Figure]:
    """What a clerk types, kept: one field of a contact that stands in front of them."""
    contact, user = begun_contact(someone("dana"))
    browser = Browser(user)
    versions = iter(range(1, 10**6))

    def save() -> None:
        version = next(versions)
        fields = {"version": version, "key": f"k{version}", "words": f"water stands in the road, part {version}"}
        browser.post(f"/desk/contact/{contact}/save/", fields)

    kept = cost_of(save)
    print_costs("draft save", kept)
    return figures_of("draft", kept, size, 5.0)


def measure_search(size: int) -> list[Figure]:
    """The first 50 of the requests that hold every word: a street, a number, a problem, words begun."""
    waiting = iter(list_of_words(SEED) * 3)
    found = cost_of(lambda: requests.find_requests(SYSTEM_ACCESS, next(waiting), limit=50), times=200)
    print_costs("search", found)
    return [
        at_most("search_p95", found.wall_p95_ms, "ms", 100, size),
        at_most("search_cpu", found.cpu_ms, "CPU-ms", None, size),
        *_search_pages(size),
    ]


def _search_pages(size: int) -> list[Figure]:
    """What eight clients ask for, alone: the queue's list narrowed to words, and the find box; each for a clerk who may
    read all and for somebody of a department, who may know of a part of the people alone."""
    texts = list_of_words(SEED + 1)
    found = []
    for name, who in (("", "dana"), ("_department", "alma")):
        browser = Browser(someone(who))
        browser.headers = {"HTTP_HX_REQUEST": "true"}
        lists, boxes = cycle(texts), cycle(texts)
        listed = cost_of(partial(_list, browser, lists), times=60, warm=6)
        boxed = cost_of(partial(_box, browser, boxes), times=60, warm=6)
        for part, cost in (("list", listed), ("box", boxed)):
            print_costs(f"search, the {part}{name.replace('_', ' of a ')}", cost)
            found.append(at_most(f"search_{part}{name}_cpu", cost.cpu_ms, "CPU-ms", None, size))
            found.append(at_most(f"search_{part}{name}_p95", cost.wall_p95_ms, "ms", 300, size))
    return found


def _list(browser: Browser, texts: Iterator[str]) -> None:
    browser.get("/desk/requests/?" + urlencode({"show": "all", "q": next(texts)}))


def _box(browser: Browser, texts: Iterator[str]) -> None:
    browser.post("/desk/find/", {"q": next(texts)})


def list_of_words(seed: int) -> list[str]:
    """Two hundred texts as people type them into a search, in an order of their own."""
    made = random.Random(seed)
    texts = [_asked(made, kind) for kind in range(5) for _ in range(40)]
    made.shuffle(texts)
    return texts


def _asked(made: random.Random, kind: int) -> str:
    problem, more = made.choice(PROBLEMS).split(), made.choice(MORE).split()
    name = made.choice(SYLLABLES) + made.choice(ENDINGS)
    longest = max(problem, key=len)
    return (f"{longest} {name}", name, f"{longest} {max(more, key=len)[:5]}", f"{name[:6]}", longest)[kind]


def measure_nearby(size: int) -> list[Figure]:
    """Requests near a point that may be the same thing, for a code with a radius, over every street."""
    now = utc_now()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.code, r.lat, r.lon FROM service_requests_servicerequest r JOIN service_requests_servicecode c"
            " ON c.id = r.service_id WHERE r.received_at > %s ORDER BY md5(r.id::text) LIMIT 400",
            [now - timedelta(days=60)],
        )
        points = cursor.fetchall()
    waiting = iter(points * 2)

    def ask() -> Any:
        code, lat, lon = next(waiting)
        return requests.find_nearby(SYSTEM_ACCESS, service_code=code, lat=lat, lon=lon, now=now)

    found = cost_of(ask, times=300)
    print_costs("nearby", found)
    return [
        at_most("nearby_p95", found.wall_p95_ms, "ms", 5, size),
        at_most("nearby_cpu", found.cpu_ms, "CPU-ms", None, size),
    ]


def figures_of(name: str, cost: Cost, size: int, target: float, *, bare: Cost | None = None) -> list[Figure]:
    """The figures of one act; CPU against that of the bare act where there is one."""
    return [
        at_most(f"{name}_statements", cost.statements, "statements", None, size),
        at_most(f"{name}_cpu", cost.cpu_ms, "CPU-ms", target, size, floor=bare.cpu_ms if bare else None),
        at_most(f"{name}_cpu_web", cost.web_ms, "CPU-ms", None, size, floor=bare.web_ms if bare else None),
        at_most(
            f"{name}_cpu_database", cost.database_ms, "CPU-ms", None, size, floor=bare.database_ms if bare else None
        ),
        at_most(f"{name}_wall_p95", cost.wall_p95_ms, "ms", None, size),
    ]
