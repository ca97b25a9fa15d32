"""A complaint leaves with its request, or by itself: every row, the letters' words, the words in the history."""

import pytest

from citydesk.city.correspondence import queries as correspondence
from citydesk.contact.complaints import services
from citydesk.contact.complaints.models import Complaint, LogEntry, Plan
from citydesk.contact.complaints.queries.retention import complaints_due
from citydesk.contact.complaints.services.destruction import destroy_complaints, destroy_of_requests
from citydesk.contact.complaints.tests import factories
from citydesk.contact.complaints.tests.factories import DAY, act, fresh
from citydesk.contact.service_requests.tests.factories import MORNING
from citydesk.kernel.audit import history_of
from citydesk.kernel.destruction import Eraser
from citydesk.kernel.errors import NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(db):
    factories.load_city()
    who = factories.people()
    row = factories.mailed(who)
    act(row, services.close, who.vera, reason="The credit is on the next bill")
    return fresh(row)


def eraser_of(row) -> Eraser:
    return Eraser(proof="DC-26-000001", kind="complaints.complaint", object_id=row.pk, label=row.number)


def test_everything_of_it_leaves(closed):
    message = closed.letters.get().message_id
    assert [one.label for one in complaints_due(before=MORNING + DAY)] == [closed.number]
    eraser = eraser_of(closed)
    destroy_complaints(ids=[closed.pk], eraser=eraser, now=MORNING + DAY)
    done = eraser.finish(now=MORNING + DAY)
    assert done.rows["complaints_logentry"] == 2 and done.rows["correspondence_message"] == 1
    assert not (Complaint.objects.exists() or LogEntry.objects.exists() or Plan.objects.exists())
    with pytest.raises(NotFound):
        correspondence.get_sealed(message)
    assert not [one for one in history_of("complaints.complaint", closed.pk) if one.reason]


def test_it_goes_with_its_request_and_an_open_one_stays(closed):
    destroy_of_requests(ids=[closed.request_id], eraser=eraser_of(closed), now=MORNING + DAY)
    assert not Complaint.objects.exists()
    row = factories.opened(factories.People(*[factories.person(f"p{n}", ["supervisor"], "desk_311") for n in range(6)]))
    destroy_of_requests(ids=[row.request_id], eraser=eraser_of(row), now=MORNING + DAY)
    destroy_complaints(ids=[row.pk], eraser=eraser_of(row), now=MORNING + DAY)
    assert Complaint.objects.filter(pk=row.pk).exists()
