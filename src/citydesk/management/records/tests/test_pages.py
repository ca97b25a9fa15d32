"""The pages of this room: who may open them, what they say, what their forms do."""

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from citydesk.kernel.tests.jobs import run_jobs
from citydesk.kernel.tests.taking import take_file
from citydesk.management.records import services
from citydesk.management.records.models import Disposal, LegalHold
from citydesk.management.records.tests.factories import NOW, load_city_with_schedule, officer, old_request

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def city():
    load_city_with_schedule()


def signed_in(name: str, role: str) -> Client:
    officer(name, role)
    client = Client()
    user = get_user_model().objects.get(username=name)
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def test_an_officer_proposes_and_a_director_signs(city):
    row = old_request("Alpha")
    services.find_candidates(now=NOW)
    rosa, gideon = signed_in("rosa", "records_officer"), signed_in("gideon", "director")
    page = rosa.get(reverse("records:home")).content.decode()
    assert "Service requests" in page and "3 years" in page and "item 12.1" in page
    kind = "service_requests.request"
    assert row.number in rosa.get(reverse("records:propose", args=[kind])).content.decode()
    answer = rosa.post(reverse("records:propose", args=[kind]), {"reason": "Yearly"})
    disposal = Disposal.objects.get()
    assert answer.headers["Location"] == reverse("records:disposal", args=[disposal.number])
    own = rosa.get(answer.headers["Location"]).content.decode()
    assert "You proposed this." in own and "Sign and destroy" not in own
    assert gideon.get(reverse("records:propose", args=[kind])).status_code == 403
    page = gideon.get(answer.headers["Location"]).content.decode()
    assert "Sign and destroy" in page and row.number in page
    gideon.post(answer.headers["Location"], {"decision": "approve", "digest": disposal.digest})
    run_jobs(only={"records.destroy_disposal"})
    done = gideon.get(answer.headers["Location"]).content.decode()
    assert "Certificate" in done and "destroyed" in done
    disposal.refresh_from_db()
    paper = gideon.get(reverse("kernel:file", args=[disposal.certificate.token]))
    assert b"".join(paper.streaming_content).startswith(b"%PDF")
    assert Client().get(reverse("kernel:file", args=[disposal.certificate.token])).status_code == 404
    assert row.number in take_file(rosa, answer.headers["Location"] + "?as=csv").getvalue().decode()


def test_a_hold_is_placed_and_released_with_reasons(city):
    row = old_request("Alpha")
    rosa = signed_in("rosa", "records_officer")
    refused = rosa.post(reverse("records:new_hold"), {"title": "Smith v. City", "reason": "Letter"})
    assert refused.status_code == 422
    assert "names a person" in refused.content.decode()
    given = {"title": "Smith v. City", "reason": "Letter", "request_number": row.number, "since": "2020-01-01"}
    rosa.post(reverse("records:new_hold"), given)
    hold = LegalHold.objects.get()
    assert hold.number in rosa.get(reverse("records:holds")).content.decode()
    page = reverse("records:hold", args=[hold.number])
    assert "Smith v. City" in rosa.get(page).content.decode()
    assert rosa.post(page, {"reason": " "}).status_code == 422
    rosa.post(page, {"reason": "Dismissed"})
    assert "Release the hold" not in rosa.get(page).content.decode()


@pytest.mark.parametrize("role", ["representative", "administrator", "crew"])
def test_nobody_else_opens_these_pages(city, role):
    client = signed_in("other", role)
    for name in ("home", "disposals", "holds", "new_hold"):
        assert client.get(reverse(f"records:{name}")).status_code == 403


def test_pages_cost_the_same_whatever_they_list(city, django_assert_max_num_queries):
    client = signed_in("rosa", "records_officer")
    for name in ("home", "disposals", "holds"):
        with django_assert_max_num_queries(12):
            client.get(reverse(f"records:{name}"))
