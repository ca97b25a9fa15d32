"""The door for switches takes as much as it says, and says so when it is more."""

import pytest

from citydesk.contact.traffic import services
from citydesk.contact.traffic.services.webhook import MOST_BYTES
from citydesk.contact.traffic.tests.factories import make_queues
from citydesk.contact.traffic.tests.test_working import NOW, sign, supervisor
from citydesk.kernel.clock import utc_now

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("size", "status"), [(3_000_000, 400), (MOST_BYTES + 1, 400)])
def test_a_large_delivery_is_read_whole_or_refused_in_words(client, size, status):
    make_queues()
    secret = services.make_source(code="cloud", name="Cloud switch", access=supervisor(), now=NOW)
    body = b"[" + b" " * (size - 1)
    told = sign(secret, body, utc_now())
    headers = {"X-Citydesk-Timestamp": told["timestamp"], "X-Citydesk-Signature": told["signature"]}
    answer = client.post("/hooks/contacts/cloud/", data=body, content_type="application/json", headers=headers)
    said = answer.content.decode()
    assert answer.status_code == status, said[:300]
    # What was read whole is refused for what it says, not for its size.
    assert ("at most 4 MB" in said) == (size > MOST_BYTES)
    assert "DATA_UPLOAD" not in said
