"""A city in which every class of protected words stands where such words may stand, one thing of each kind.

`plant()` returns the values for the parameters of addresses; each value says who may see the thing behind it, by a name
of `tests.journeys.sight`.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings

from citydesk.city.customers import services as customers
from citydesk.city.customers.tests.factories import make_customer
from citydesk.city.profile import queries as profile
from citydesk.city.staff.tests.factories import access_of, make_team, make_user
from citydesk.contact.complaints import services as complaint_services
from citydesk.contact.complaints.models import Complaint
from citydesk.contact.complaints.tests import factories as complaints
from citydesk.contact.interactions import services as interactions
from citydesk.contact.interactions.choices import HelpKind, OutcomeKind
from citydesk.contact.interactions.models import Interaction
from citydesk.contact.interactions.tests.factories import make_draft
from citydesk.contact.problems import services as problems
from citydesk.contact.problems.tests.factories import RULES, a_recurrence, asked_problem
from citydesk.contact.referrals import services as referrals
from citydesk.contact.referrals.models import Referral
from citydesk.contact.referrals.queries.links import path_of
from citydesk.contact.referrals.tests import factories as agencies
from citydesk.contact.service_requests import services
from citydesk.contact.service_requests.models import ServiceRequest
from citydesk.contact.service_requests.tests.factories import load_city, make_request
from citydesk.contact.work_orders.models import WorkOrder
from citydesk.kernel.actors import Access
from citydesk.kernel.clock import utc_now
from citydesk.management.records import services as records
from citydesk.management.records.models import Production, ResponsiveRecord

SEARCHED = "CNRY"
IDENTITY = "CNRY-identity-Qx71"  # who asked for something
REPORTER = "CNRY-reporter-Zk35"  # who complained in confidence
CONFIDENTIAL = "CNRY-complaint-Vw82"  # what they complained of
NOTE = "CNRY-note-Hd46"  # what colleagues write for each other
DRAFT = "CNRY-draft-Jb93"  # what a clerk is typing
SEALED = "CNRY-sealed-Lm28"  # what a clerk is typing in confidence
RESOLUTION = "CNRY-resolution-Fy57"  # plan, offers, negotiation and letter of a complaint
FINDING = "CNRY-finding-Ts64"  # what research and analysis found
FEW = "CNRY-few-Ow19"  # a research task that only a few may read
REFERRED = "CNRY-referred-Gn50"  # what another agency was told
CAUTION = "CNRY-caution-Bp87"  # a caution on a person
HELP = "CNRY-help-Xe32"  # between a clerk and the supervisor
READING = "CNRY-reading-Uc76"  # why somebody opened an identity
ASKER = "CNRY-asker-Dr05"  # who asked for public records
REDACTED = "CNRYredactedKq41"  # what was taken out of what was produced
ALL = (
    IDENTITY, REPORTER, CONFIDENTIAL, NOTE, DRAFT, SEALED, RESOLUTION, FINDING, FEW, REFERRED, CAUTION, HELP, READING,
    ASKER, REDACTED,
)  # fmt: skip

Values = dict[str, dict[str, str]]  # parameter -> {value: who sees it}


@dataclass
class Planted:
    """Where the words stand, by the first words of addresses; the first entry that fits an address is the one."""

    taker: Any
    parameters: dict[str, Values] = field(default_factory=dict)

    @property
    def requests(self) -> dict[str, str]:
        """Every planted request with who sees it."""
        return self.parameters["desk/requests/"]["number"]


def plant() -> Planted:
    """The city with one thing of each kind."""
    now = utc_now()
    _load(now)
    taker = make_user("taker", roles=["representative"], teams=["desk_311"])
    boss = access_of(make_user("boss", roles=["supervisor"], teams=[make_team("public_works")]))
    customer = make_customer(IDENTITY, "Resident", phone="(423) 555-0123", email="cnry-identity-qx71@example.org")
    known = services.Person(customer_id=customer.id, name=f"{IDENTITY} Resident", channel="email")
    own = make_request("pothole", now=now, reporter=known)
    other = make_request("tree_down", now=now)
    services.add_note(request_id=own.id, kind="internal", text=f"Mind {NOTE}", access=boss, now=now)
    services.make_work_order(request_id=own.id, access=planner(), now=now)
    secret = _complained(now)
    _warn(customer.id, boss, now)
    draft, sealed, saved = _contacts(taker, boss, customer.id, now)
    complaint = plant_complaint(secret.number, now)
    planted = Planted(taker)
    seen = {own.number: "own", other.number: "other", secret.number: "confidential"}
    planted.parameters = {
        **_problems(own.number, boss, now),
        **_referral(boss, seen, now),
        **_records(boss, seen, now),
        **_rest(own, customer, draft, sealed, saved, complaint, seen),
    }
    return planted


def _load(now: datetime) -> None:
    riverton = Path(settings.PROFILES_DIR) / "riverton"
    letters = {f"templates/{one.name}": one.read_text() for one in (riverton / "templates").glob("*.md")}
    own = {name: (riverton / name).read_text() for name in ("retention.toml", "public_records.toml")}
    more = {"obligations.toml": agencies.OWED, "recurrence.toml": RULES}
    load_city(agencies.extra() | letters | complaints.extra() | own | more, now=now)


def _complained(now: datetime) -> ServiceRequest:
    """In confidence, and once somebody with the right opened who it was."""
    row = make_request(
        "complaint",
        now=now,
        description=f"They said {CONFIDENTIAL}",
        is_confidential=True,
        reporter=services.Person(name=REPORTER, channel="email", to="cnry-reporter-zk35@example.org"),
    )
    officer = access_of(make_user("opener_of_names", roles=["records_officer"]))
    services.open_reporter(request_id=row.id, reason=f"Subpoena {READING}", access=officer, now=now)
    return row


def _warn(customer_id: int, boss: Access, now: datetime) -> None:
    author = access_of(make_user("author", roles=["representative"]))
    caution = customers.propose_caution(
        kind="threat",
        text=f"Mind {CAUTION}",
        source="Police report",
        expires_on=profile.city_today(now) + timedelta(days=90),
        today=profile.city_today(now),
        customer_id=customer_id,
        access=author,
        now=now,
    )
    customers.approve_caution(caution_id=caution, access=boss, now=now)


def _contacts(taker: Any, boss: Access, customer_id: int, now: datetime) -> tuple[int, int, str]:
    """An open contact about which the supervisor was asked, one in confidence, and a saved one."""
    clerk = access_of(taker)
    saved = make_draft(clerk, now=now, words="Asked for the hours")
    facts = interactions.ContactFacts(words=f"Asks for {IDENTITY}", customer_id=customer_id)
    told = [interactions.OutcomeFacts(OutcomeKind.ANSWERED, target_label="Hours")]
    interactions.finish(interaction_id=saved, facts=facts, outcomes=told, access=clerk, now=now)
    sealed = make_draft(clerk, now=now, words=f"They threaten {SEALED}", who=SEALED, is_confidential="1")
    draft = make_draft(clerk, now=now, words=f"Somebody says {DRAFT}", who=DRAFT)
    interactions.call_help(
        kind=HelpKind.ASK, location="Desk 4", access=clerk, now=now, interaction_id=draft, question=f"What of {HELP}?"
    )
    interactions.advise(interaction_id=draft, text=f"Say {HELP}", access=boss, now=now)
    return draft, sealed, Interaction.objects.get(pk=saved).number


def plant_complaint(request_number: str, now: datetime) -> Complaint:
    """A complaint of the confidential request, decided, its letter printed: the words stand in every part of it."""
    who = complaints.people()
    complaint_id, _number = complaint_services.open_complaint(
        request_number=request_number, class_code="conduct", access=who.opener, now=now
    )
    row = Complaint.objects.get(pk=complaint_id)
    offers = [complaint_services.NewOffer("credit", f"Credit {RESOLUTION}", Decimal(120))]
    decided = complaint_services.Decision("settled", f"We decided {RESOLUTION}", f"{RESOLUTION} Person\n12 Oak St")
    said = {"words": f"She said {RESOLUTION}", "happened_at": now}
    for service, access, given in (
        (complaint_services.take_up, who.vera, {}),
        (complaint_services.propose_plan, who.vera, {"summary": f"Plan {RESOLUTION}", "offers": offers}),
        (complaint_services.submit_plan, who.vera, {}),
        (complaint_services.approve_plan, who.big, {}),
        (complaint_services.make_offer, who.vera, said),
        (complaint_services.accept, who.vera, said),
        (complaint_services.decide, who.vera, {"decision": decided}),
        (complaint_services.approve_letter, who.big, {}),
        (complaint_services.print_letter, who.vera, {}),
    ):
        complaints.act(row, service, access, now, **given)
    return row


def planner() -> Access:
    """Who leads the department of the requests and makes work orders of them."""
    return access_of(make_user("planner", roles=["department_lead"], teams=[make_team("public_works")]))


def _problems(number: str, boss: Access, now: datetime) -> dict[str, Values]:
    """A problem of the department with what was found out, for all and for a few, and a recurrence."""
    asked = asked_problem(boss, number, now)
    tasks = {}
    for word, is_few in ((FINDING, False), (FEW, True)):
        task = problems.ask_research(
            question=f"Since when {word}?",
            assignee_id=boss.actor.id or 0,
            due_at=now + timedelta(days=3),
            request_number=number,
            is_for_few=is_few,
            access=boss,
            now=now,
        )
        problems.answer_research(research_id=task, finding=f"Found {word}", sources="Maps", access=boss, now=now)
        tasks[str(task)] = "few" if is_few else "research"
    return {
        "desk/problems/recurrences/": {"detection_id": {str(a_recurrence(now)): "recurrence"}},
        "desk/problems/research/": {"research_id": tasks},
        "desk/problems/of/": {"number": {number: "own"}},
        "desk/problems/": {"number": {asked: "problem"}},
    }


def _referral(boss: Access, seen: dict[str, str], now: datetime) -> dict[str, Values]:
    """A request that another agency reads about, and a violation reported to it."""
    request = make_request("pothole", now=now)
    seen[request.number] = "own"
    text = f"Please look at {REFERRED}"
    number = referrals.send_referral(
        request_number=request.number, agency_code="roads", text=text, access=boss, now=now
    )
    row = Referral.objects.get(number=number)
    violation = referrals.report_violation(
        agency_code="roads", title="Oil", text=f"A slick {REFERRED}", happened_on=profile.city_today(now),
        request_number=request.number, access=boss, now=now,
    )  # fmt: skip
    return {
        "desk/referrals/of/": {"number": seen},
        "desk/referrals/new/": {"number": seen},
        "desk/referrals/agencies/": {"code": {"roads": "all"}},
        "desk/referrals/violations/": {"number": {violation: "own"}},
        "desk/referrals/": {"number": {number: "own"}},
        "refer/": {"token": {path_of(row.link_key).rstrip("/").rsplit("/", 1)[-1]: "link"}},
    }


def _records(boss: Access, seen: dict[str, str], now: datetime) -> dict[str, Values]:
    """A public-records request whose production has nothing of what was taken out of the record."""
    rosa = access_of(make_user("rosa", roles=["records_officer"]))
    row = make_request("pothole", now=now)
    services.add_note(request_id=row.id, kind="internal", text=f"It says {REDACTED} twice", access=boss, now=now)
    seen[row.number] = "own"
    asked = records.take_request(
        asked=records.Asked("Potholes", "web", email="cnry-asker-dr05@example.org", name=ASKER),
        actor=rosa.actor,
        now=now,
    )
    common = {"number": asked.number, "access": rosa, "now": now}
    records.search_records(text=REDACTED, **common)
    found = ResponsiveRecord.objects.filter(kind="service_requests.request").latest("pk")
    records.decide_records(record_ids=[found.pk], state="responsive", **common)
    others = list(ResponsiveRecord.objects.filter(state="found").values_list("pk", flat=True))
    if others:
        records.decide_records(record_ids=others, state="unrelated", **common)
    records.redact_text(record_id=found.pk, field="", phrase=REDACTED, exemption="identity", **common)
    records.produce(**common)
    made = Production.objects.latest("pk")
    hold = records.place_hold(new=records.NewHold("Claim", "Letter", request_number=row.number), access=rosa, now=now)
    return {
        "desk/records/requests/": {
            "number": {asked.number: "all"},
            "record_id": {str(found.pk): "all"},
            "verb": {"search": "all"},
        },
        "desk/records/disposals/": {"number": {"DP-26-000001-X": "unknown"}},
        "desk/records/holds/": {"number": {str(hold): "all"}},
        "desk/records/series/": {"kind": {"service_requests.request": "all"}},
        "public-records/": {"token": {asked.token: "link"}},
        "files/": {"token": {one.token: "link" for one in (made.package, made.table)}},
    }


def _messages() -> dict[str, str]:
    from citydesk.city.correspondence.models import Message

    return {str(one): "unknown" for one in Message.objects.values_list("id", flat=True)[:2]}


def _rest(own, customer, draft, sealed, saved, complaint, seen) -> dict[str, Values]:
    letter = complaint.letters.get()
    codes = {"pothole": "all", "complaint": "all"}
    orders = dict.fromkeys(WorkOrder.objects.values_list("number", flat=True), "order")
    contact = {str(draft): "draft", str(sealed): "sealed"}
    person = {customer.number: "customer"}
    return {
        "desk/requests/codes/": {"code": codes},
        "desk/requests/": {
            "number": seen,
            "move": dict.fromkeys(("assign", "hold", "follow", "work_order", "close_done"), "all"),
        },
        "desk/work-orders/": {"number": orders},
        "desk/records/people/": {"number": person},
        "desk/customers/": {"number": person},
        "desk/contact/saved/": {"number": {saved: "contact"}},
        "desk/contact/help/": {"kind": {"ask": "all", "panic": "all"}},
        "desk/contact/": {"interaction_id": contact},
        "desk/interactions/watch/": {"interaction_id": contact},
        "desk/interactions/contacts/": {"number": {saved: "contact"}},
        "desk/interactions/": {"interaction_id": contact},
        "desk/messages/": {
            "message_id": {**_messages(), str(letter.message_id): "complaint"},
            "batch_id": {"1": "unknown", "2": "unknown"},
        },
        "desk/complaints/of/": {"number": seen},
        "desk/complaints/open/": {"number": seen},
        "desk/complaints/letters/": {"letter_id": {str(letter.pk): "complaint"}},
        "desk/complaints/": {"number": {complaint.number: "complaint"}},
        "desk/home/": {"page": dict.fromkeys(("supervisor", "department", "representative", "director"), "all")},
        "desk/profile/": {"section": {"services": "all", "teams": "all"}, "code": codes},
        "desk/staff/people/": {"username": {"taker": "all"}, "act": {"lock": "all"}},
        "desk/reports/": {"code": dict.fromkeys(("requests_opened", "requests", "requests_closed"), "all")},
        "api/v1/work-orders/": {"number": orders},
        "api/v1/requests/": {"number": seen},
        "api/v1/customers/": {"number": person},
        "api/v1/interactions/": {"number": {saved: "contact"}},
        "open311/": {
            "number": seen,
            "code": {"pothole": "all"},
            "form": {"xml": "all", "json": "all"},
            # A complaint's own link shows its words to whoever complained, and only to them.
            "token": {own.public_token: "link"},
        },
        "report/same/": {"number": seen},
        "track/": {"token": {own.public_token: "link"}, "verb": {"reopen": "all", "follow": "all"}},
        "places/shapes/": {"kind": {"council": "all"}},
    }
