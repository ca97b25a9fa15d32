"""Guard 14: a list costs as many SQL statements for a page of rows as for 5."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from citydesk.kernel.clock import utc_now

pytestmark = pytest.mark.django_db

LISTS = (
    ("GET", "/desk/requests/", {"show": "open"}),
    ("GET", "/desk/work-orders/", {}),
    ("POST", "/desk/customers/", {"q": "Costly"}),
    ("GET", "/desk/messages/", {}),
    ("GET", "/desk/reports/", {}),
    ("GET", "/desk/", {}),
    ("GET", "/desk/interactions/promises/", {}),
)


def add_rows(count: int) -> None:
    """Requests with a reporter, a message and a work order each."""
    from citydesk.city.customers.tests.factories import make_customer
    from citydesk.city.staff.tests.factories import access_of, make_team, make_user
    from citydesk.contact.service_requests import services
    from citydesk.contact.service_requests.tests.factories import make_request

    now = utc_now()
    planner = access_of(make_user(None, roles=["department_lead"], teams=[make_team("public_works")]))
    for _ in range(count):
        customer = make_customer("Costly")
        person = services.Person(customer_id=customer.id, name="Costly", channel="email", to="costly@example.org")
        made = make_request("pothole", now=now, reporter=person)
        services.make_work_order(request_id=made.id, access=planner, now=now)


def statements(client, method: str, address: str, given: dict[str, str]) -> list[str]:
    """The SQL of the second look, when what may be kept in memory is."""
    ask = client.get if method == "GET" else client.post
    ask(address, given)
    with CaptureQueriesContext(connection) as told:
        assert ask(address, given).status_code == 200, address
    return [one["sql"] for one in told.captured_queries]


def faults(few: dict[str, list[str]], many: dict[str, list[str]]) -> list[str]:
    """The lists that asked more when there was more."""
    return [
        f"{address}: {len(few[address])} statements at 5 rows, {len(many[address])} on a full page"
        for address in few
        if len(many[address]) > len(few[address])
    ]


def test_lists_cost_the_same_at_5_rows_and_at_a_whole_page(client, no_look_is_due):
    from citydesk.city.staff.tests.factories import make_user
    from citydesk.contact.service_requests.tests.factories import load_city

    load_city(now=utc_now())
    client.force_login(make_user("reader", roles=["supervisor"]))
    add_rows(5)
    few = {address: statements(client, method, address, given) for method, address, given in LISTS}
    add_rows(44)  # the 50th row fills the page and brings one question more: is there another page
    many = {address: statements(client, method, address, given) for method, address, given in LISTS}
    print({address: len(sql) for address, sql in many.items()})
    found = faults(few, many)
    assert not found, "\n".join(found)


def test_a_list_that_asks_for_each_row_is_caught():
    assert faults({"/planted/": ["SELECT"] * 8}, {"/planted/": ["SELECT"] * 53}) == [
        "/planted/: 8 statements at 5 rows, 53 on a full page"
    ]
