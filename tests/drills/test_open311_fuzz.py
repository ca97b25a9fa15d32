"""Malformed Open311 calls, 10,000 with DRILL_SIZE=full: no answer is 500, none is in a wrong format."""

import os

import pytest

from citydesk.contact.service_requests.tests.test_fuzz import fuzz

pytestmark = [pytest.mark.django_db, pytest.mark.drill, pytest.mark.timeout(3600)]


def test_ten_thousand_malformed_calls(monkeypatch):
    monkeypatch.setattr("citydesk.contact.service_requests.api.asked.throttle", lambda *a, **k: None)
    fuzz(10_000 if os.environ.get("DRILL_SIZE") == "full" else 1_000)
