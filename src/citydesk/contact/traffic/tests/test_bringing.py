"""A switch's file brought on its page: told what became of it, refused beside its field, known when it comes again."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from citydesk.city.staff import queries as staff
from citydesk.city.staff.tests.factories import access_with
from citydesk.contact.traffic.choices import MANAGE, VIEW
from citydesk.contact.traffic.models import ContactLeg
from citydesk.contact.traffic.tests.factories import make_queues
from citydesk.contact.traffic.views import bringing
from citydesk.kernel.clock import utc_now
from citydesk.kernel.models import ImportRun

pytestmark = pytest.mark.django_db
CALL = "1773158400|k1|calls|NONE|ENTERQUEUE||4235550101|1\n1773158430|k1|calls|NONE|ABANDON|1|1|30\nnonsense\n"


def brought(client, text=CALL, **given):
    file = {"file": SimpleUploadedFile("C:\\logs\\queue_log", text.encode())} if text is not None else {}
    form = {"act": "bring", "format": "queue_log", "switch": "pbx", **file, **given}
    answer = client.post(reverse("traffic:sources"), form)
    return answer.status_code, answer.content.decode()


def client_with(*rights):
    client = Client()
    client.force_login(staff.user_with_rights(access_with(*rights).actor.id, utc_now()))
    return client


def test_a_file_is_brought_and_known_when_it_comes_again(db):
    make_queues("calls")
    keeper = client_with(MANAGE, VIEW)
    status, page = brought(keeper)
    assert status == 200 and "Read 2, new 1, changed 0, known before 0, refused 1." in page and "line 3" in page
    assert "known before 1" in brought(keeper)[1]
    assert ContactLeg.objects.get().source == "pbx" and ImportRun.objects.first().file_name.endswith("queue_log")
    assert client_with(VIEW).post(reverse("traffic:sources"), {"act": "bring"}).status_code == 403


def test_what_is_missing_or_too_large_is_said_beside_its_field(db, monkeypatch):
    make_queues("calls")
    keeper = client_with(MANAGE)
    for given, words in (
        ({"text": None}, "Choose a file."),
        ({"switch": " "}, "short name"),
        ({"format": "tape"}, "Choose what the file is."),
    ):
        status, page = brought(keeper, **given)
        assert status == 400 and words in page
    monkeypatch.setattr(bringing, "MOST_MEGABYTES", 0)
    status, page = brought(keeper)
    assert status == 400 and "citydesk import contacts" in page
    assert not ImportRun.objects.exists() and not ContactLeg.objects.exists()
