"""Codes and authors on the room's pages, as people read them."""

import pytest
from django.utils import translation

from citydesk.city.knowledge.queries import names
from citydesk.city.profile import queries as profile
from citydesk.kernel.clock import utc_now

pytestmark = pytest.mark.django_db


def test_what_the_profile_brought_is_not_signed_by_a_shell():
    assert names.author("command line (root)") == "the city profile"
    assert names.author("Dana Whitlock") == "Dana Whitlock"


def test_codes_are_named_in_the_readers_language(monkeypatch):
    known = {"tree_down": {"name": {"en": "Tree down", "es": "Árbol caído"}}}
    monkeypatch.setattr(profile, "entries", lambda section, on: known if section == "services" else {})
    with translation.override("es"):
        assert names.service_names(["tree_down", "gone"], utc_now().date()) == ["Árbol caído", "gone"]
