"""Brakes and row versions."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from citydesk.kernel.errors import StaleVersion, TooMany
from citydesk.kernel.models import ThrottleBucket
from citydesk.kernel.throttle import client_address, client_network, forget_allowance, sweep_buckets, throttle
from citydesk.kernel.versions import check_version, mark_of, pieces, two_texts

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_an_allowance_is_used_up_and_refills_evenly():
    for _ in range(10):
        throttle("report|198.51.100.7", limit=10, per_seconds=600, now=NOW)
    with pytest.raises(TooMany) as caught:
        throttle("report|198.51.100.7", limit=10, per_seconds=600, now=NOW)
    assert caught.value.facts["retry_after"] == 60
    throttle("report|198.51.100.8", limit=10, per_seconds=600, now=NOW)
    throttle("report|198.51.100.7", limit=10, per_seconds=600, now=NOW + timedelta(seconds=61))
    with pytest.raises(TooMany):
        throttle("report|198.51.100.7", limit=10, per_seconds=600, now=NOW + timedelta(seconds=62))
    forget_allowance("report|198.51.100.7")
    throttle("report|198.51.100.7", limit=10, per_seconds=600, now=NOW)
    assert not ThrottleBucket.objects.filter(key__contains="198").exists()


@pytest.mark.django_db
def test_a_clock_that_goes_back_gives_nothing_for_free():
    throttle("x", limit=1, per_seconds=60, now=NOW)
    with pytest.raises(TooMany):
        throttle("x", limit=1, per_seconds=60, now=NOW - timedelta(hours=1))
    assert sweep_buckets(now=NOW + timedelta(days=3)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_burst_from_all_sides_gets_no_more_than_the_limit():
    def one(_number: int) -> bool:
        try:
            throttle("burst", limit=20, per_seconds=3600, now=NOW)
            return True
        except TooMany:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(60))) == 20


@pytest.mark.parametrize(
    ("depth", "told", "expected"),
    [
        (0, "203.0.113.9", "192.0.2.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "evil, 198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "evil, 198.51.100.1, 203.0.113.9", "198.51.100.1"),
        (2, "203.0.113.9", "192.0.2.1"),
        (1, "not an address", "192.0.2.1"),
        (1, "", "192.0.2.1"),
    ],
)
def test_only_our_own_proxies_tell_the_address(settings, depth, told, expected):
    settings.TRUSTED_PROXIES = depth
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=told)
    assert client_address(request) == expected


def test_a_household_counts_once_in_ipv6():
    request = RequestFactory().get("/", REMOTE_ADDR="2001:db8:1:2:aaaa::1")
    assert client_network(request) == "2001:db8:1:2::/64"


@dataclass
class Row:
    version: int
    text: str
    place: str = "12 Elm St"


def test_the_second_to_save_sees_both_texts():
    check_version(Row(3, "a"), 3, mine={"text": "b"})
    check_version(Row(4, "b"), 3, mine={"text": "b"})  # both wrote the same
    with pytest.raises(StaleVersion) as caught:
        check_version(Row(4, "theirs"), 3, mine={"text": "mine", "place": "12 Elm St"}, changed_by="Ben")
    page = two_texts(caught.value, {"text": "Description"})
    assert [(one.label, one.mine, one.theirs) for one in page["differences"]] == [("Description", "mine", "theirs")]
    assert page["version"] == 4
    assert page["changed_by"] == "Ben"


@given(st.text("ab \n", max_size=40), st.text("ab \n", max_size=40))
def test_marked_texts_are_the_texts_and_equal_ones_have_no_mark(one, other):
    ours, others = pieces(one, other)
    assert "".join(text for text, _is_other in ours) == one
    assert "".join(text for text, _is_other in others) == other
    assert not (one == other and any(is_other for _text, is_other in ours))


def test_a_mark_is_of_the_values_alone():
    assert mark_of({"a": "1", "b": None}) == mark_of({"b": None, "a": "1"}) != mark_of({"a": "1", "b": ""})
