"""The room's pages: who may open them, what they show and do, without and with HTMX."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from citydesk.city.customers import queries, services
from citydesk.city.customers.models import Caution, Customer
from citydesk.city.customers.tests.factories import NOW, make_customer
from citydesk.city.profile.tests.factories import load_small
from citydesk.city.staff.tests.factories import access_of, make_user
from citydesk.kernel.audit import readers_of
from citydesk.kernel.clock import utc_now

pytestmark = pytest.mark.django_db


def client_of(*roles: str, username: str = "") -> Client:
    client = Client()
    client.force_login(make_user(username or f"user-{roles[0]}", roles=list(roles)))
    return client


@pytest.fixture
def clerk() -> Client:
    return client_of("representative")


@pytest.fixture
def maria():
    return make_customer("María", "García", phone="423 555 0123", email="maria@example.org", address="1210 Oak St")


def address(name: str, *args: object) -> str:
    return reverse(f"customers:{name}", args=args)


def text_of(response) -> str:
    return response.content.decode()


def test_who_may_open_what(clerk, maria):
    pages = [address("find"), address("detail", maria.number)]
    for page in pages:
        assert Client().get(page).status_code == 302
        assert clerk.get(page).status_code == 200
        assert client_of("crew", username=f"crew{len(page)}").get(page).status_code == 403
    assert clerk.get(address("duplicates")).status_code == 403
    assert clerk.get(address("cautions")).status_code == 403
    supervisor = client_of("supervisor")
    assert supervisor.get(address("duplicates")).status_code == 200
    assert supervisor.get(address("cautions")).status_code == 200
    assert clerk.get(address("detail", "CU-26-999999-A")).status_code == 404


def test_finding_swaps_the_hits_alone(clerk, maria):
    whole = text_of(clerk.post(address("find"), {"q": "garc"}))
    assert "<html" in whole and maria.number in whole and "(423) 555-0123" in whole
    part = text_of(clerk.post(address("find"), {"q": "0123"}, headers={"HX-Request": "true"}))
    assert "<html" not in part and maria.number in part and 'id="customer-hits"' in part
    none = text_of(clerk.post(address("find"), {"q": "nobody at all"}, headers={"HX-Request": "true"}))
    assert "No customer fits" in none


def test_the_page_masks_for_those_without_the_right_and_logs_the_reading(maria):
    auditor = client_of("auditor")
    shown = text_of(auditor.get(address("detail", maria.number)))
    assert (
        "••• 0123" in shown and "555-0123" not in shown and "maria@example.org" not in shown and "1210 Oak" not in shown
    )
    assert len(readers_of("customers.customer", maria.id)) == 1


def test_new_customer_and_every_mistake_beside_its_field(clerk):
    refused = clerk.post(address("new"), {"given_name": "Ana", "phone": "12", "email": "no"})
    assert refused.status_code == 400
    page = text_of(refused)
    assert "This is not a phone number." in page and "This is not an e-mail address." in page and 'value="Ana"' in page
    made = clerk.post(
        address("new"), {"given_name": "Ana", "family_name": "Ruiz", "phone": "4235550100", "language": "es"}
    )
    assert made.status_code == 302
    found = queries.find(access_of(make_user("reader", roles=["representative"])), "ruiz")[0]
    assert (found.display_name, found.language, found.phone) == ("Ana Ruiz", "es", "(423) 555-0100")


def test_the_second_editor_sees_both_texts(clerk, maria):
    form = {
        "given_name": "María",
        "family_name": "Garza",
        "language": "en",
        "kind": "person",
        "version": 1,
        "reason": "misheard",
    }
    assert clerk.post(address("edit", maria.number), form).status_code == 302
    stale = clerk.post(address("edit", maria.number), {**form, "family_name": "Gracia"})
    page = text_of(stale)
    assert stale.status_code == 409 and "Garza" in page and "Gracia" in page and 'value="2"' in page
    assert clerk.post(address("edit", maria.number), {**form, "version": 2, "reason": ""}).status_code == 400
    assert Customer.objects.get(id=maria.id).family_name == "Garza"


def test_contact_points_on_the_page(clerk, maria):
    bad = clerk.post(address("add_point", maria.number), {"kind": "phone", "value": "x"})
    assert bad.status_code == 400 and "This is not a phone number." in text_of(bad)
    good = clerk.post(
        address("add_point", maria.number), {"kind": "email", "value": "m@example.org", "is_preferred": "1"}
    )
    assert good.status_code == 302
    view = queries.get_customer(access_of(make_user("r", roles=["representative"])), maria.id, NOW)
    assert view.preferred.value == "m@example.org"
    phone = view.first("phone")
    assert clerk.post(address("prefer_point", maria.number, phone.id)).status_code == 302
    assert clerk.post(address("end_point", maria.number, phone.id), {"reason": ""}).status_code == 400
    assert clerk.post(address("end_point", maria.number, phone.id), {"reason": "sold"}).status_code == 302
    other = make_customer("Otto", "Klein", phone="4235550999")
    assert clerk.post(address("end_point", other.number, view.first("email").id), {"reason": "x"}).status_code == 404


def test_duplicates_are_merged_and_taken_apart_on_the_pages(maria):
    twin = make_customer("Maria", "Garcia", phone="423 555 0123")
    services.check_duplicates(now=NOW)
    supervisor = client_of("supervisor")
    listed = text_of(supervisor.get(address("duplicates")))
    assert "same phone (40), same name (40)" in " ".join(listed.split())
    pair = queries.list_duplicates(access_of(make_user("s", roles=["supervisor"])))[0]
    assert "Which one stays" in text_of(supervisor.get(address("pair", pair.id)))
    assert supervisor.post(address("pair", pair.id), {"keep": maria.id, "reason": ""}).status_code == 400
    assert supervisor.post(address("pair", pair.id), {"keep": 0, "reason": "x"}).status_code == 400
    assert supervisor.post(address("pair", pair.id), {"keep": maria.id, "reason": "same"}).status_code == 302
    moved = supervisor.get(address("detail", twin.number))
    assert moved.status_code == 302 and moved.url == address("detail", maria.number)
    page = text_of(supervisor.get(address("detail", maria.number)))
    assert twin.number in page and "Take apart" in page
    assert supervisor.post(address("unmerge", maria.number, twin.id), {"reason": "mother"}).status_code == 302
    assert supervisor.get(address("detail", twin.number)).status_code == 200
    compared = supervisor.get(address("compare", maria.number), {"other": twin.number.lower()})
    assert compared.status_code == 200 and "They are two" not in text_of(compared)
    assert supervisor.post(address("unmerge", maria.number, twin.id), {"reason": "x"}).status_code == 404


def test_a_caution_needs_a_second_person(maria):
    load_small()
    day = (utc_now() + timedelta(days=40)).date().isoformat()
    form = {"kind": "animal", "text": "Dog in the yard", "source": "crew 2", "expires_on": day}
    author = client_of("supervisor", username="author")
    assert author.post(address("propose", maria.number), {**form, "text": ""}).status_code == 400
    assert author.post(address("propose", maria.number), {**form, "expires_on": "2031-01-01"}).status_code == 400
    assert author.post(address("propose", maria.number), form).status_code == 302
    caution = Caution.objects.get()
    assert "Dog in the yard" in text_of(author.get(address("cautions")))
    assert author.post(address("decide_caution", caution.id), {"act": "approve"}).status_code == 403
    assert queries.active_cautions(today=utc_now().date(), customer_id=maria.id) == []
    second = client_of("supervisor", username="second")
    assert second.post(address("decide_caution", caution.id), {"act": "refuse", "reason": ""}).status_code == 400
    assert second.post(address("decide_caution", caution.id), {"act": "approve"}).status_code == 302
    today = utc_now().date()
    assert [one.text for one in queries.active_cautions(today=today, customer_id=maria.id)] == ["Dog in the yard"]
    assert queries.active_cautions(today=today + timedelta(days=41), customer_id=maria.id) == []
    assert "Dog in the yard" in text_of(author.get(address("detail", maria.number)))
    back = {"act": "end", "reason": "dog died", "back": maria.number}
    assert author.post(address("decide_caution", caution.id), back).url == address("detail", maria.number)
    assert queries.active_cautions(today=today, customer_id=maria.id) == []
    assert second.post(address("decide_caution", caution.id), {"act": "end", "reason": "x"}).status_code == 409


def test_find_box_offers_customers(maria):
    from citydesk.kernel.registries import registries

    access = access_of(make_user("finder", roles=["representative"]))
    hits = registries.search_sources["customers"].find(access, "garcia", 5)
    assert (hits[0].title, hits[0].url) == ("María García", address("detail", maria.number))


def test_pages_speak_spanish(clerk, maria):
    spanish = {"Accept-Language": "es"}
    clerk.post(reverse("staff:account_language"), {"language": "es"})
    page = text_of(clerk.get(address("detail", maria.number), headers=spanish))
    assert "Cómo comunicarse" in page


def test_pages_cost_the_same_for_few_and_many(django_assert_max_num_queries, no_look_is_due):
    supervisor = client_of("supervisor")

    def cost(call) -> int:
        with django_assert_max_num_queries(40) as counted:
            assert call().status_code == 200
        return len(counted)

    def pages() -> list[int]:
        return [
            cost(lambda: supervisor.post(address("find"), {"q": "lopez"})),
            cost(lambda: supervisor.get(address("duplicates"))),
        ]

    for at in range(3):
        make_customer("Ana", "Lopez", phone=f"423 555 02{at:02d}", email="ana@example.org")
    services.check_duplicates(now=NOW)
    few = pages()
    for at in range(3, 12):
        make_customer("Ana", "Lopez", phone=f"423 555 02{at:02d}", email="ana@example.org")
    services.check_duplicates(now=NOW)
    assert all(many <= before for many, before in zip(pages(), few, strict=True))
