"""Shared set-up of every test: nothing leaves the machine, random tests print their seed."""

import os

import pytest
from hypothesis import settings as hypothesis_settings

pytest_plugins = [
    "tests.fixtures.database",
    "tests.fixtures.backups",
    "tests.fixtures.emptying",
    "tests.fixtures.order",
    "tests.fixtures.browser",
    "tests.fixtures.events",
    "tests.fixtures.jobs",
    "tests.fixtures.looks",
    "tests.fixtures.papers",
]

hypothesis_settings.register_profile("test", print_blob=True, deadline=None, max_examples=100)
hypothesis_settings.register_profile("drill", print_blob=True, deadline=None, max_examples=2000)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "test"))


@pytest.fixture(autouse=True)
def _english(request):
    """A test that switched the language must not lend it to the next one."""
    from django.utils import translation

    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _profile_anew():
    """The city profile kept in memory belongs to the database of one test."""
    from citydesk.city.profile import queries

    queries.refresh()
    yield
    queries.refresh()
