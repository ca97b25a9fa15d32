"""People who prefer letters get them: name and address on the paper, and no letter for what is not worth a stamp."""

import pytest

from citydesk.city.correspondence import queries as correspondence
from citydesk.contact.service_requests import services
from citydesk.contact.service_requests.tests.factories import MORNING, load_city, make_request
from citydesk.contact.service_requests.tests.test_notices import TEMPLATES

pytestmark = pytest.mark.django_db
SENT = ("acknowledged", "assigned")


@pytest.fixture(autouse=True)
def city():
    files = [TEMPLATES / f"{code}.{language}.md" for code in SENT for language in ("en", "es")]
    load_city({f"templates/{one.name}": one.read_text() for one in files})


def letters_of(row):
    return [
        one for one in correspondence.list_messages("service_requests.request", row.pk) if one["channel"] == "letter"
    ]


def test_the_acknowledgement_goes_by_letter_and_the_hand_over_does_not():
    ana = services.Person(name="Ana Flores", channel="letter", to="1210 Oak St, Riverton, TN 37400", language="es")
    row = make_request("pothole", reporter=ana)
    for template in SENT:
        services.tell_people(request_id=row.pk, template=template, happening=template, now=MORNING)
    (letter,) = letters_of(row)
    assert letter["address"] == "Ana Flores\n1210 Oak St, Riverton, TN 37400"
    assert (letter["template_code"], letter["language"], letter["state"]) == ("acknowledged", "es", "queued")


def test_a_letter_to_nobody_by_name_goes_to_the_current_resident():
    row = make_request("pothole", reporter=services.Person(channel="letter", to="1210 Oak St", language="en"))
    services.tell_people(request_id=row.pk, template="acknowledged", happening="acknowledged", now=MORNING)
    assert letters_of(row)[0]["address"].startswith("Current resident\n")
