"""Words that must not leak, planted where they may stand, and a walk through every page that collects what it says."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.test import Client
from django.urls import get_resolver

from citydesk.city.customers.tests.factories import make_customer
from citydesk.city.staff.tests.factories import access_of, make_team, make_user
from citydesk.contact.complaints.tests import factories as complaints
from citydesk.contact.interactions import services as interactions
from citydesk.contact.service_requests import services
from citydesk.contact.service_requests.tests.factories import load_city, make_request
from citydesk.contact.work_orders.models import WorkOrder
from citydesk.kernel.clock import utc_now
from tests.guards.test_02_url_policies import views
from tests.journeys.planting import (
    CONFIDENTIAL,
    DRAFT,
    IDENTITY,
    NOTE,
    REPORTER,
    RESOLUTION,
    planner,
    plant_complaint,
)
from tests.journeys.walk import SEARCHES, says

ALL = (IDENTITY, REPORTER, CONFIDENTIAL, NOTE, DRAFT, RESOLUTION)


@dataclass
class Planted:
    """Where the words stand: values for the parameters of addresses, by the address's first words."""

    taker: object
    parameters: dict[str, dict[str, list[str]]] = field(default_factory=dict)


def plant() -> Planted:
    """A city with one request of each kind, a note, a customer, a work order and a draft."""
    now = utc_now()
    letters = (Path(settings.PROFILES_DIR) / "riverton/templates").glob("*.md")
    load_city({f"templates/{one.name}": one.read_text() for one in letters} | complaints.extra(), now=now)
    taker = make_user("taker", roles=["representative"], teams=["desk_311"])
    customer = make_customer(IDENTITY, "Resident", phone="(423) 555-0123", email="cnry-identity-qx71@example.org")
    known = services.Person(customer_id=customer.id, name=f"{IDENTITY} Resident", channel="email")
    open_one = make_request("pothole", now=now, reporter=known)
    complaint = make_request(
        "complaint",
        now=now,
        description=f"They said {CONFIDENTIAL}",
        is_confidential=True,
        reporter=services.Person(name=REPORTER, channel="email", to="cnry-reporter-zk35@example.org"),
    )
    boss = access_of(make_user("boss", roles=["supervisor"], teams=[make_team("public_works")]))
    services.add_note(request_id=open_one.id, kind="internal", text=f"Mind {NOTE}", access=boss, now=now)
    services.make_work_order(request_id=open_one.id, access=planner(), now=now)
    draft = interactions.start_draft(access=access_of(taker), now=now)
    interactions.save_draft(
        interaction_id=draft,
        version=1,
        changes={"words": f"Somebody says {DRAFT}", "who": DRAFT},
        key="k",
        actor=access_of(taker).actor,
        now=now,
    )
    taken_further = plant_complaint(complaint.number, now)
    requests = [open_one.number, complaint.number]
    orders = list(WorkOrder.objects.values_list("number", flat=True))
    tokens = [open_one.public_token]  # a complaint's own link shows its words to whoever complained, and only to them
    return Planted(
        taker,
        {
            "desk/requests/codes/": {"code": ["pothole", "complaint"]},
            "desk/requests/": {"number": requests, "move": ["assign", "hold", "follow", "work_order", "close_done"]},
            "desk/work-orders/": {"number": orders},
            "desk/customers/": {"number": [customer.number]},
            "desk/contact/": {"interaction_id": [str(draft)]},
            "desk/interactions/": {"interaction_id": [str(draft)]},
            "desk/messages/": {
                "message_id": [*_messages(), str(taken_further.letters.get().message_id)],
                "batch_id": ["1", "2"],
            },
            "desk/complaints/": {
                "number": [taken_further.number, *requests],
                "letter_id": [str(taken_further.letters.get().pk)],
            },
            "desk/home/": {"page": ["supervisor", "department", "representative", "director"]},
            "desk/profile/": {"section": ["services", "teams"], "code": ["pothole", "complaint"]},
            "desk/staff/people/": {"username": ["taker"]},
            "desk/reports/": {"code": ["requests_opened", "requests", "requests_closed"]},
            "api/v1/work-orders/": {"number": orders},
            "api/v1/requests/": {"number": requests},
            "open311/": {"number": requests, "code": ["pothole"], "form": ["xml", "json"], "token": tokens},
            "report/same/": {"number": requests},
            "track/": {"token": tokens, "verb": ["reopen", "follow"]},
            "places/shapes/": {"kind": ["council"]},
        },
    )


def _messages() -> list[str]:
    from citydesk.city.correspondence.models import Message

    return [str(one) for one in Message.objects.values_list("id", flat=True)[:2]]


LISTS = ("/desk/requests/?show=all", "/desk/requests/?show=all&as=csv", "/desk/requests/?show=all&as=xlsx")


def addresses(planted: Planted) -> Iterator[str]:
    """Every address of the URL table, filled from what was planted; lists, exports and forms of the API besides."""
    for address, _view in views(get_resolver().url_patterns):
        yield from _filled(address, planted)
    yield from LISTS
    for form in ("xml", "json"):
        yield f"/open311/v2/requests.{form}"
        yield f"/open311/v2/requests.{form}?extensions=true&page_size=50"


def _filled(address: str, planted: Planted) -> list[str]:
    if "logout" in address:
        return []
    plain = address.replace("^", "").replace("$", "").replace("\\.", ".").replace("(?:v2/)?", "v2/").replace("\\Z", "")
    head = next((one for one in planted.parameters if plain.startswith(one)), "")
    found = [plain]
    for name, values in planted.parameters.get(head, {}).items():
        for shape in (f"<str:{name}>", f"<int:{name}>", f"<slug:{name}>", f"<{name}>"):
            found = [one.replace(shape, value) for one in found for value in (values if shape in one else [""])]
        for shape in (f"(?P<{name}>[^/]+)", f"(?P<{name}>xml|json)"):
            found = [one.replace(shape, value) for one in found for value in (values if shape in one else [""])]
    return [f"/{one}" for one in found if "<" not in one and "(" not in one]


def leaks(client: Client, planted: Planted, forbidden: tuple[str, ...]) -> Iterator[str]:
    """Every answer that holds a word this reader may not see."""
    for address in addresses(planted):
        yield from says(address, client.get(address), forbidden)
    for number in planted.parameters["desk/requests/"]["number"]:
        address = f"/desk/requests/{number}/reporter/"
        yield from says(f"POST {address}", client.post(address, {"reason": "to look for words"}), forbidden)
    for address, given in SEARCHES:
        yield from says(f"POST {address}", client.post(address, given), forbidden)
        yield from says(f"GET {address}", client.get(address, given), forbidden)
