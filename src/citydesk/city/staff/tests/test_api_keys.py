"""Keys of partners: shown once, kept as a digest, dead at once when revoked."""

from datetime import UTC, datetime, timedelta

import pytest

from citydesk.city.staff import queries, services
from citydesk.city.staff.choices import MANAGE, VIEW
from citydesk.city.staff.models import ApiKey
from citydesk.city.staff.tests.factories import access_with
from citydesk.kernel.actors import ActorKind
from citydesk.kernel.errors import Invalid, NotAllowed, TooMany
from citydesk.kernel.models import ThrottleBucket

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 19, 9, tzinfo=UTC)


def make(access=None, **given):
    values = {"name": "FixMyStreet", "scopes": ["open311.report"], "now": NOW, **given}
    return services.make_api_key(access=access or access_with(MANAGE, VIEW), **values)


def test_a_key_names_its_partner_and_is_not_kept():
    words = make(service_codes=["pothole"])
    partner = services.admit_partner(words=words, now=NOW)
    assert (partner.actor.kind, partner.actor.label) == (ActorKind.API_KEY, "FixMyStreet")
    assert partner.may("open311.report") and not partner.may("requests.read")
    assert partner.may_report("pothole") and not partner.may_report("tree_down")
    assert words not in str(list(ApiKey.objects.values()))


def test_unknown_ended_and_revoked_keys_are_nobody():
    admin = access_with(MANAGE, VIEW)
    words = make(admin, ends_at=NOW + timedelta(days=1))
    assert services.admit_partner(words="ck_wrong", now=NOW) is None
    assert services.admit_partner(words="", now=NOW) is None
    assert services.admit_partner(words=words, now=NOW + timedelta(days=2)) is None
    (row,) = queries.list_api_keys(admin)
    services.revoke_api_key(key_id=row["id"], reason="lost", access=admin, now=NOW)
    assert services.admit_partner(words=words, now=NOW) is None


def test_making_a_key_needs_the_right_a_name_and_known_scopes():
    with pytest.raises(NotAllowed):
        make(access_with(VIEW))
    with pytest.raises(Invalid):
        make(name=" ")
    with pytest.raises(Invalid):
        make(scopes=["everything"])


def test_use_is_remembered_to_five_minutes():
    words = make()
    for minutes in (0, 1, 6):
        key = services.admit_partner(words=words, now=NOW + timedelta(minutes=minutes)).key_id
    assert ApiKey.objects.get(pk=key).used_at == NOW + timedelta(minutes=6)


def test_a_partner_calls_as_often_in_a_minute_as_the_key_says_and_others_as_often_as_theirs():
    words, other = make(per_minute=3), make(name="City app", per_minute=1)
    for _ in range(3):
        services.admit_partner(words=words, now=NOW)
    with pytest.raises(TooMany) as caught:
        services.admit_partner(words=words, now=NOW)
    assert caught.value.facts["retry_after"] == 20
    assert services.admit_partner(words=other, now=NOW) is not None
    assert services.admit_partner(words=words, now=NOW + timedelta(seconds=21)) is not None
    assert services.admit_partner(words="ck_wrong", now=NOW) is None
    assert ThrottleBucket.objects.count() == 2
