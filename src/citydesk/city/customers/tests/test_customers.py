"""Customers on PostgreSQL: making, finding, correcting, merging, and who may see what."""

from dataclasses import asdict

import pytest
from django.db import connection, transaction

from citydesk.city.customers import queries, services
from citydesk.city.customers.models import ContactPoint, Customer, DuplicatePair
from citydesk.city.customers.services import NewPoint
from citydesk.city.customers.tests.factories import NOW, make_customer
from citydesk.kernel.actors import SYSTEM, Access, Actor, ActorKind
from citydesk.kernel.audit import history_of, readers_of
from citydesk.kernel.errors import Conflict, Invalid, ManyInvalid, NotFound, StaleVersion

pytestmark = pytest.mark.django_db

CLERK = Actor(ActorKind.STAFF, 1, "Dana")
ALL = frozenset({"customers.view", "customers.view_all", "customers.see_contact", "customers.edit", "customers.merge"})
FULL = Access(CLERK, ALL)
MASKED = Access(CLERK, frozenset({"customers.view", "customers.view_all"}))
NONE = Access(CLERK, frozenset({"desk.home"}))


def found(text: str, access: Access = FULL) -> list[str]:
    return [hit.display_name for hit in queries.find(access, text)]


@pytest.fixture
def maria():
    return make_customer(
        "María José", "García", phone="423 555 0123", email="Maria@Example.org", address="1210 North Oak Street Apt 2"
    )


def test_found_by_any_fragment(maria):
    make_customer("Dennis", "Kowalski", phone="423 555 0999")
    for text in (
        "garcia",
        "GARCÍA maria",
        "maria gar",
        "mari",
        "arci",
        "jose",
        "0123",
        "5550123",
        "(423) 555-01",
        "+1 423 555 0123",
        "maria@",
        "maria@example.org",
        "1210 n oak",
        "1210 north oak st",
        maria.number,
        maria.number.lower().replace("-", " "),
        "garzia maria",
    ):
        assert found(text)[0] == "María José García", text
    assert found("gr") == found("123") == found("") == found("zzzz") == []


def test_customer_with_a_phone_alone_and_one_who_refused_a_name():
    assert make_customer("", "", phone="423 555 0177", organization_name="").display_name
    refused = make_customer("", phone="423 555 0188", is_anonymous=True)
    assert refused.display_name == "Name refused" and found("0188") == ["Name refused"]
    with pytest.raises(Invalid):
        services.create_customer(actor=SYSTEM, now=NOW)


def test_every_bad_field_is_named():
    with pytest.raises(ManyInvalid) as refused:
        services.create_customer(
            family_name="X", points=[NewPoint("phone", "12"), NewPoint("email", "no")], actor=SYSTEM, now=NOW
        )
    assert {error.field for error in refused.value.errors} == {"phone", "email"}
    for field, bad in (("language", "English!"), ("caller_class", "vip"), ("format_need", "braille")):
        with pytest.raises(Invalid) as one:
            services.create_customer(family_name="X", **{field: bad}, actor=SYSTEM, now=NOW)
        assert one.value.field == field
    assert not Customer.objects.exists()


def test_masked_reader_sees_four_digits_and_cannot_probe(maria):
    view = queries.get_customer(MASKED, maria.id, NOW)
    shown = " ".join(str(value) for value in asdict(view).values())
    assert "0123" in shown and "555-0123" not in shown and "Oak" not in shown and "aria@" not in shown.lower()
    assert found("0123", MASKED) == found("maria@example.org", MASKED) == found("1210 oak", MASKED) == []
    assert queries.by_phone(MASKED, "4235550123") == []
    hit = queries.find(MASKED, "garcia")[0]
    assert (hit.phone, hit.email, hit.address) == ("••• 0123", "m•••@•••.org", "•••")


def test_without_the_right_there_is_nothing(maria):
    with pytest.raises(NotFound):
        queries.find(NONE, "garcia")
    with pytest.raises(NotFound):
        queries.get_customer(NONE, maria.id, NOW)
    with pytest.raises(NotFound):
        queries.id_by_number(NONE, maria.number)
    assert not Customer.objects.visible_to(NONE).exists()


def test_reading_is_logged_and_finding_is_not(maria):
    queries.find(FULL, "garcia")
    assert readers_of("customers.customer", maria.id) == []
    queries.get_customer(FULL, maria.id, NOW, purpose="call")
    assert [(one["actor_label"], one["purpose"]) for one in readers_of("customers.customer", maria.id)] == [
        ("Dana", "call")
    ]


def test_contact_points_are_added_preferred_and_ended(maria):
    def points():
        return queries.get_customer(FULL, maria.id, NOW, is_logged=False)

    mobile = services.add_contact_point(
        customer_id=maria.id, new=NewPoint("phone", "4235550444", "mobile", is_preferred=True), actor=CLERK, now=NOW
    )
    again = services.add_contact_point(
        customer_id=maria.id, new=NewPoint("phone", "(423) 555-0444"), actor=CLERK, now=NOW
    )
    assert mobile == again and points().preferred.id == mobile and points().version == 2
    email = points().first("email")
    services.prefer_contact_point(point_id=email.id, actor=CLERK, now=NOW)
    assert points().preferred.id == email.id
    with pytest.raises(Invalid):
        services.end_contact_point(point_id=mobile, reason=" ", actor=CLERK, now=NOW)
    services.end_contact_point(point_id=mobile, reason="sold the phone", actor=CLERK, now=NOW)
    assert found("0444") == [] and ContactPoint.objects.filter(id=mobile).exists()
    with pytest.raises(NotFound):
        services.end_contact_point(point_id=mobile, reason="again", actor=CLERK, now=NOW)
    assert history_of("customers.customer", maria.id)[0].reason == "sold the phone"


def test_correction_keeps_the_old_value_and_refuses_the_second_editor(maria):
    version = services.correct_customer(
        customer_id=maria.id, changes={"family_name": "Garza"}, version=1, reason="misheard", actor=CLERK, now=NOW
    )
    assert version == 2 and found("garza") == ["María José Garza"] and "garcia" not in str(found("garcia"))
    line = history_of("customers.customer", maria.id)[0]
    assert (line.before, line.after, line.reason) == ({"family_name": "García"}, {"family_name": "Garza"}, "misheard")
    with pytest.raises(StaleVersion) as stale:
        services.correct_customer(
            customer_id=maria.id, changes={"family_name": "Gracia"}, version=1, reason="typo", actor=SYSTEM, now=NOW
        )
    assert stale.value.facts["mine"] == {"family_name": "Gracia"}
    assert stale.value.facts["theirs"] == {"family_name": "Garza"}
    assert stale.value.facts["changed_by"] == "Dana"
    with pytest.raises(Invalid):
        services.correct_customer(
            customer_id=maria.id, changes={"family_name": "G"}, version=2, reason="", actor=CLERK, now=NOW
        )
    with pytest.raises(Invalid):
        services.correct_customer(
            customer_id=maria.id, changes={"number": "CU-1"}, version=2, reason="x", actor=CLERK, now=NOW
        )


def test_merge_resolves_everywhere_and_unmerge_restores(maria):
    other = make_customer("Maria", "Garcia", phone="423 555 0777")
    third = make_customer("M", "Garcia", phone="423 555 0888")
    services.merge(kept_id=other.id, merged_id=third.id, reason="same", actor=CLERK, now=NOW)
    assert services.merge(kept_id=maria.id, merged_id=third.id, reason="same", actor=CLERK, now=NOW) == maria.id
    assert queries.canonical(third.id) == queries.canonical(other.id) == maria.id
    assert sorted(queries.ids_of(other.id)) == sorted([maria.id, other.id, third.id])
    view = queries.get_customer(FULL, third.id, NOW)
    assert view.id == maria.id and view.came_by == third.number
    assert {point.of_number for point in view.points} == {"", other.number, third.number}
    assert [hit.id for hit in queries.find(FULL, "0888")] == [maria.id]
    assert queries.find(FULL, "0888")[0].via == "M Garcia"
    assert queries.labels([third.id, other.id])[third.id].number == maria.number
    for kept, merged in ((maria.id, third.id), (third.id, maria.id), (maria.id, maria.id)):
        with pytest.raises(Conflict):
            services.merge(kept_id=kept, merged_id=merged, reason="again", actor=CLERK, now=NOW)
    with pytest.raises(Conflict):
        services.add_contact_point(customer_id=third.id, new=NewPoint("phone", "4235550001"), actor=CLERK, now=NOW)
    services.unmerge(customer_id=other.id, reason="mother and daughter", actor=CLERK, now=NOW)
    assert queries.canonical(third.id) == queries.canonical(other.id) == other.id
    assert queries.ids_of(maria.id) == [maria.id]
    assert [line.code for line in history_of("customers.customer", other.id)][:1] == ["customers.unmerged"]
    merges = queries.list_merges(FULL, other.id)
    assert merges[0]["undone_by"] == "Dana" and merges[0]["undo_reason"] == "mother and daughter"
    with pytest.raises(Conflict):
        services.unmerge(customer_id=other.id, reason="again", actor=CLERK, now=NOW)


def test_the_database_refuses_a_customer_merged_into_itself(maria):
    with pytest.raises(Exception, match="customers_not_merged_into_itself"), transaction.atomic():
        Customer.objects.filter(id=maria.id).update(merged_into=maria.id)


def test_duplicates_are_found_explained_and_decided(maria):
    twin = make_customer("Maria Jose", "Garcia", phone="4235550123")
    son = make_customer("Luis", "García", phone="4235550123", address="1210 N Oak St Apt 2")
    assert services.check_duplicates(now=NOW) == 3
    pairs = queries.list_duplicates(FULL)
    assert [(one.first_id, one.second_id, one.score) for one in pairs] == [(maria.id, twin.id, 80)]
    assert pairs[0].reasons == (("same_phone", 40), ("same_name", 40))
    assert queries.find_duplicates(FULL, son.id) == [] and queries.count_duplicates(MASKED) == 0
    services.dismiss_pair(pair_id=pairs[0].id, actor=CLERK, now=NOW)
    with pytest.raises(Conflict):
        services.dismiss_pair(pair_id=pairs[0].id, actor=CLERK, now=NOW)
    Customer.objects.update(duplicates_checked_at=None)
    services.check_duplicates(now=NOW)
    assert queries.list_duplicates(FULL) == [] and DuplicatePair.objects.count() == 1
    assert services.check_duplicates(now=NOW) == 0


def test_a_switchboard_makes_no_duplicates():
    for _ in range(30):
        make_customer("Clerk", "Same", phone="423 555 0500")
    services.check_duplicates(now=NOW)
    assert not DuplicatePair.objects.exists()


def test_a_web_form_links_to_the_known_and_never_changes_it(maria):
    same = services.match_or_create(
        given_name="Maria",
        family_name="Garcia Jose",
        phone="423-555-0123",
        email="new@example.org",
        actor=SYSTEM,
        now=NOW,
    )
    assert (same.id, same.is_new) == (maria.id, False)
    assert len(queries.get_customer(FULL, maria.id, NOW).points) == 3
    other = services.match_or_create(
        given_name="Otto", family_name="Klein", phone="423-555-0123", actor=SYSTEM, now=NOW
    )
    assert other.is_new and other.id != maria.id
    broken = services.match_or_create(given_name="Eva", phone="call me", email="eva at x", actor=SYSTEM, now=NOW)
    assert queries.get_customer(FULL, broken.id, NOW).points == ()
    nameless = services.match_or_create(email="maria@example.org", actor=SYSTEM, now=NOW)
    assert nameless.is_new
    assert services.match_or_create(email="maria@example.org", actor=SYSTEM, now=NOW).id == nameless.id
    with pytest.raises(Invalid):
        services.match_or_create(phone="nothing", actor=SYSTEM, now=NOW)


def test_reach_for_letters_follows_merges(maria):
    other = make_customer("Maria", "Garcia", email="work@example.org", language="es")
    services.merge(kept_id=other.id, merged_id=maria.id, reason="same", actor=CLERK, now=NOW)
    reach = queries.reach_of(maria.id)
    assert (reach["email"], reach["phone"], reach["language"]) == ("work@example.org", "+14235550123", "es")


def test_lists_cost_the_same_for_few_and_many(django_assert_num_queries, no_look_is_due):
    for at in range(30):
        make_customer("Ana", "Lopez", phone=f"423 555 02{at:02d}")
    with django_assert_num_queries(5):
        assert len(queries.find(FULL, "0211")) == 1
    with django_assert_num_queries(5):
        assert len(queries.find(FULL, "42355502", 50)) == 30


@pytest.mark.owner
def test_row_security_hides_confidential_rows_from_a_plain_role():
    services.record_confidential_identity(name="Canary", phone="4235550199", actor=CLERK, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE plain_app")
        cursor.execute("GRANT SELECT ON customers_confidentialidentity TO plain_app")
        cursor.execute("SET LOCAL ROLE plain_app")
        cursor.execute("SELECT count(*) FROM customers_confidentialidentity")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT set_config('citydesk.opens_identity', 'yes', true)")
        cursor.execute("SELECT count(*) FROM customers_confidentialidentity")
        assert cursor.fetchone() == (1,)
        cursor.execute("RESET ROLE")


def test_confidential_reporter_is_in_no_search_and_opens_only_with_right_and_reason():
    handle = services.record_confidential_identity(
        name="Canary Person",
        phone="423 555 0199",
        email="canary@example.org",
        code_word="blue heron",
        actor=CLERK,
        now=NOW,
    )
    assert found("canary") == found("0199") == found("canary@example.org") == []
    with pytest.raises(NotFound):
        services.open_identity(handle=handle, reason="curious", access=FULL, now=NOW)
    officer = Access(CLERK, frozenset({"customers.see_confidential"}))
    with pytest.raises(Invalid):
        services.open_identity(handle=handle, reason="", access=officer, now=NOW)
    identity = services.open_identity(handle=handle, reason="call back for evidence", access=officer, now=NOW)
    assert (identity.name, identity.phone) == ("Canary Person", "+14235550199")
    assert services.check_code_word(handle=handle, code_word="Blue Heron")
    assert not services.check_code_word(handle=handle, code_word="red heron")
    assert not services.check_code_word(handle=handle, code_word="")
    with pytest.raises(Invalid):
        services.record_confidential_identity(actor=CLERK, now=NOW)
