"""The profile's pages: what holds, where it comes from, what was asked, what changed."""

import pytest
from django.http import Http404
from django.test import RequestFactory
from django.utils import translation

from citydesk.city.profile import queries, views
from citydesk.city.profile.tests.factories import KPIS, load_small
from citydesk.kernel.actors import SYSTEM_ACCESS

pytestmark = pytest.mark.django_db

BORROWED = KPIS.replace(
    "target = 90",
    'target = {value = 90, status = "borrowed", lender = "Boston", source = "a catalogue", as_of = "2019"}',
)
ASK = """
[ask.hours]
question = {en = "When is it open?", es = "¿Cuándo abre?"}
about = "calendars"
why = {en = "Nobody printed it.", es = "No está impreso."}
"""


@pytest.fixture(autouse=True)
def _loaded():
    load_small({"kpis.toml": BORROWED, "ask_office.toml": ASK})
    yield
    queries.refresh()


def page(view, *arguments):
    from django.contrib.auth.models import AnonymousUser
    from django.contrib.sessions.backends.db import SessionStore

    request = RequestFactory().get("/desk/profile/")
    request.access, request.user, request.session = SYSTEM_ACCESS, AnonymousUser(), SessionStore()
    request.htmx = False
    return view(request, *arguments).content.decode()


def test_the_first_page_counts_and_lists_what_must_be_asked():
    html = page(views.index)
    assert "Smallville" in html
    assert "When is it open?" in html
    assert "always" in html


def test_a_borrowed_value_names_its_lender_and_asks_to_be_confirmed():
    html = page(views.section, "kpis")
    assert "Boston" in html
    assert "confirm" in html
    assert "kpis.toml:2" in html


def test_the_periods_of_a_code_show_what_changed():
    load_small({"kpis.toml": BORROWED.replace("value = 90", "value = 91"), "ask_office.toml": ASK})
    html = page(views.entry, "kpis", "on_time")
    assert "Changed: target" in html
    assert html.index("91") < html.rindex("90")


def test_the_pages_are_in_spanish_too():
    with translation.override("es"):
        html = page(views.index)
    assert "¿Cuándo abre?" in html
    assert "Perfil de la ciudad" in html


def test_a_section_or_code_that_is_not_there_is_404():
    with pytest.raises(Http404):
        page(views.section, "nothing")
    with pytest.raises(Http404):
        page(views.entry, "kpis", "nothing")
