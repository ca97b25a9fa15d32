"""The fixtures that all tests stand on: a database from a template, a browser, an accessibility check that bites."""

import pytest


@pytest.mark.django_db
def test_the_database_has_the_extensions_the_rooms_build_on():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT extname FROM pg_extension")
        assert {"pg_trgm", "btree_gist", "unaccent", "citext"} <= {name for (name,) in cursor.fetchall()}


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_axe_catches_a_planted_fault(page, axe):
    page.set_content(
        "<!doctype html><html lang=en><title>t</title><main><h1>Report</h1><img src='data:,' width=1></main></html>"
    )
    with pytest.raises(AssertionError, match="image-alt"):
        axe(page)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_application_answers_in_a_browser(page):
    answer = page.goto("/accounts/login/")
    assert answer is not None and answer.status < 500
