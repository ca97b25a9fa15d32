"""An interpreter's invoice: sums by vendor, month and language, the contacts behind them, files and paper."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from pypdf import PdfReader

from citydesk.city.profile import queries as profile
from citydesk.city.profile.tests.factories import load_small
from citydesk.city.staff.tests.factories import make_role, make_user
from citydesk.contact.interactions.choices import INTERPRETERS
from citydesk.contact.interactions.queries.interpreters import count_sealed, list_interpreted, list_minutes, month_after
from citydesk.contact.interactions.tests.factories import clerk, make_interpreted
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import NotAllowed
from citydesk.kernel.tests.taking import take_file

pytestmark = pytest.mark.django_db
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
# Half past eleven in the evening of the last day of October, in the city; in London it is November.
LAST_OF_OCTOBER = datetime(2026, 11, 1, 3, 30, tzinfo=UTC)


@pytest.fixture
def dana(db):
    load_small()
    return clerk("Dana Whitlock", INTERPRETERS)


def lines(access, first=OCTOBER, last=NOVEMBER, **more):
    return [
        (one.month, one.vendor, one.language, one.contacts, one.minutes, one.unsaid, one.sealed)
        for one in list_minutes(access, first, last, **more)
    ]


def test_minutes_are_summed_by_vendor_month_of_the_city_and_language(dana, django_assert_num_queries):
    make_interpreted(dana, minutes=12, at=LAST_OF_OCTOBER)
    make_interpreted(dana, minutes=30, at=LAST_OF_OCTOBER)
    make_interpreted(dana, minutes=None, at=LAST_OF_OCTOBER)
    make_interpreted(dana, language="pt", minutes=5, at=LAST_OF_OCTOBER)
    make_interpreted(dana, "Worldspan", 40, "vi", at=LAST_OF_OCTOBER + timedelta(hours=3))
    make_interpreted(dana, "", None, "en", at=LAST_OF_OCTOBER)
    with django_assert_num_queries(1):
        found = lines(dana)
    assert found == [
        (OCTOBER, "Voz Línea", "es", 3, 42, 1, 0),
        (OCTOBER, "Voz Línea", "pt", 1, 5, 0, 0),
        (NOVEMBER, "Worldspan", "vi", 1, 40, 0, 0),
    ]
    assert [one[1] for one in lines(dana, OCTOBER, OCTOBER)] == ["Voz Línea"] * 2
    assert [one[1] for one in lines(dana, vendor="Worldspan")] == ["Worldspan"]
    assert month_after(date(2026, 12, 5)) == date(2027, 1, 1)
    with pytest.raises(NotAllowed):
        list_minutes(clerk("Ray"), OCTOBER, OCTOBER)


def test_a_contact_keyed_later_counts_in_the_month_in_which_it_was_received(dana):
    late = LAST_OF_OCTOBER + timedelta(days=20)
    make_interpreted(dana, at=late, received_at=LAST_OF_OCTOBER, received_reason="Printed form")
    assert lines(dana)[0][0] == OCTOBER


def test_what_was_told_in_confidence_is_billed_but_on_no_list(dana):
    make_interpreted(dana, is_confidential=True, at=LAST_OF_OCTOBER)
    make_interpreted(dana, at=LAST_OF_OCTOBER)
    assert lines(dana) == [(OCTOBER, "Voz Línea", "es", 2, 24, 0, 1)]
    assert list_interpreted(dana).count() == 1
    assert count_sealed(dana, {}) == 1 and count_sealed(dana, {"vendor": "Worldspan"}) == 0


@pytest.fixture
def finance(client, dana):
    role = make_role("bills", [INTERPRETERS, "staff.own_account", "desk.home"])
    user = make_user("pay", roles=[role])
    client.force_login(user)
    return user


def test_the_page_leads_to_the_contacts_and_says_nothing_of_what_was_said(client, dana, finance):
    at = utc_now() - timedelta(days=1)
    make_interpreted(dana, at=at)
    month = f"{at.astimezone(profile.local_zone()):%Y-%m}"
    page = client.get("/desk/interactions/interpreters/", {"from": month, "to": month}).content.decode()
    assert "Voz Línea" in page and "Ana Ruiz" not in page
    behind = page.partition('href="/desk/interactions/interpreters/contacts/?')[2].partition('"')[0]
    found = client.get(f"/desk/interactions/interpreters/contacts/?{behind.replace('&amp;', '&')}").content.decode()
    assert "4711" in found and "Dana Whitlock" in found and "IN-" in found
    # Finance reads no contact: no link leads there, and none of its words are told.
    assert "/desk/interactions/contacts/" not in found and "Ana Ruiz" not in found
    assert (
        "No contact with an interpreter"
        in client.get("/desk/interactions/interpreters/contacts/", {"vendor": "Nobody"}).content.decode()
    )


def test_files_and_paper_say_what_the_page_says(client, dana, finance):
    at = utc_now() - timedelta(days=1)
    make_interpreted(dana, "=1+1", 12, at=at)
    month = f"{at.astimezone(profile.local_zone()):%Y-%m}"
    asked = {"from": month, "to": month}
    csv = b"".join(client.get("/desk/interactions/interpreters/", {**asked, "as": "csv"})).decode()
    assert f"'=1+1,{month},Spanish,1,12,0" in csv
    sheet = b"".join(client.get("/desk/interactions/interpreters/", {**asked, "as": "xlsx"}))
    assert sheet.startswith(b"PK")
    paper = client.get("/desk/interactions/interpreters/", {**asked, "as": "pdf"})
    words = PdfReader(io.BytesIO(paper.content)).pages[0].extract_text()
    assert "Minutes of interpreters" in words and "Spanish" in words and "12" in words
    listed = b"".join(take_file(client, "/desk/interactions/interpreters/contacts/?as=csv")).decode()
    assert "4711" in listed and "Ana Ruiz" not in listed


def test_it_is_read_in_spanish_and_refused_without_the_right(client, dana):
    role = make_role("bills", [INTERPRETERS, "staff.own_account", "desk.home"])
    client.force_login(make_user("pilar", roles=[role], language="es"))
    assert "intérpretes" in client.get("/desk/interactions/interpreters/").content.decode()
    client.force_login(make_user("ray", roles=["representative"]))
    assert client.get("/desk/interactions/interpreters/").status_code == 403
    assert client.get("/desk/interactions/interpreters/contacts/").status_code == 403
