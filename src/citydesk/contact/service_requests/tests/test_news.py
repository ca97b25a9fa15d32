"""News on an open list counts what belongs to the reader's filter."""

import pytest
from django.conf import settings
from django.urls import reverse

from citydesk.city.staff.tests.factories import make_user
from citydesk.contact.service_requests.tests.factories import load_city, make_request

pytestmark = pytest.mark.django_db


def test_only_what_belongs_to_the_filter_counts_as_changed(client):
    load_city()
    pothole, tree = make_request("pothole"), make_request("tree_down")
    client.force_login(make_user("a_reader", roles=["supervisor"]), settings.AUTHENTICATION_BACKENDS[0])

    def inside(query, *ids):
        given = {"ids": ",".join(str(one) for one in ids), "query": query}
        return client.get(reverse("service_requests:changed"), given).json()["ids"]

    assert inside("show=open&code=pothole", pothole.pk, tree.pk) == [pothole.pk]
    assert sorted(inside("show=open", pothole.pk, tree.pk)) == sorted([pothole.pk, tree.pk])
    assert inside("show=closed", pothole.pk, tree.pk) == []
    assert inside("show=open", "nonsense", 99_999_999) == []
