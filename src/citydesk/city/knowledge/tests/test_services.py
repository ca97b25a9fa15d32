"""Articles with versions, search in two languages, bulletins seen and withdrawn."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from citydesk.city.knowledge import queries, services
from citydesk.city.knowledge.choices import EDIT, POST_BULLETIN, VIEW
from citydesk.city.staff.tests.factories import access_of, make_role, make_user
from citydesk.kernel.actors import SYSTEM
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, StaleVersion

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 19, 9, tzinfo=UTC)

TREES = {
    "kind": "policy",
    "services": ["tree_down"],
    "is_public": True,
    "review_by": "2027-05-01",
    "texts": {
        "en": {
            "title": "Fallen trees: who clears what",
            "summary": "",
            "keywords": "storm branch",
            "body": "The city clears **streets**. Private trees are the owner's.",
        },
        "es": {
            "title": "Árboles caídos: quién retira qué",
            "summary": "",
            "keywords": "tormenta rama",
            "body": "La ciudad despeja las **calles**.",
        },
    },
}
TRASH = {
    "kind": "article",
    "services": [],
    "is_public": False,
    "review_by": None,
    "texts": {
        "en": {
            "title": "Trash days",
            "summary": "Carts out by 7:00.",
            "keywords": "garbage",
            "body": "Carts out by 7:00.",
        },
        "es": {"title": "Días de basura", "summary": "", "keywords": "", "body": "Saque el bote antes de las 7:00."},
    },
}


@pytest.fixture
def articles():
    services.project_articles(entries={"fallen_trees": TREES, "trash_days": TRASH}, actor=SYSTEM, now=NOW)


def staff(*permissions):
    user = make_user()
    return replace(access_of(user), permissions=frozenset(permissions))


def titles(*args, **kwargs):
    return [hit.title for hit in queries.suggest(*args, **kwargs)]


def test_words_find_articles_in_their_language(articles):
    assert titles("a big tree fell across my street") == ["Fallen trees: who clears what"]
    assert titles("se cayeron unos árboles en la calle", language="es-MX") == ["Árboles caídos: quién retira qué"]
    assert titles("garb") == ["Trash days"]  # the last word is still being typed
    assert titles("hello please") == []


def test_the_codes_article_leads(articles):
    hits = queries.suggest("trash", "tree_down")
    assert [(hit.code, hit.matches_code) for hit in hits] == [("fallen_trees", True), ("trash_days", False)]


def test_residents_find_only_public_articles(articles):
    assert titles("trash trees", public_only=True) == ["Fallen trees: who clears what"]
    with pytest.raises(NotFound):
        queries.get_article(None, "trash_days", "en")


def test_loading_the_profile_twice_writes_nothing(articles):
    services.project_articles(entries={"fallen_trees": TREES, "trash_days": TRASH}, actor=SYSTEM, now=NOW)
    assert len(queries.list_versions("fallen_trees")) == 2


def test_what_the_desk_wrote_stays_until_the_profile_changes_the_text(articles):
    editor = staff(EDIT, VIEW)
    words = {"title": "Fallen trees", "summary": "", "body": "New words.", "keywords": ""}
    services.write_article(
        code="fallen_trees", language="en", based_on=1, is_reviewed=True, access=editor, now=NOW, **words
    )
    services.project_articles(entries={"fallen_trees": TREES, "trash_days": TRASH}, actor=SYSTEM, now=NOW)
    assert queries.get_article(editor, "fallen_trees", "en").title == "Fallen trees"


def test_two_writers_the_second_is_told(articles):
    editor = staff(EDIT)
    words = {"title": "A", "summary": "", "body": "B", "keywords": "", "language": "en", "code": "fallen_trees"}
    services.write_article(based_on=1, is_reviewed=True, access=editor, now=NOW, **words)
    with pytest.raises(StaleVersion) as caught:
        services.write_article(based_on=1, is_reviewed=True, access=editor, now=NOW, **{**words, "body": "C"})
    assert caught.value.facts["theirs"]["body"] == "B" and caught.value.facts["mine"]["body"] == "C"
    # The same words sent twice are one version.
    assert services.write_article(based_on=1, is_reviewed=True, access=editor, now=NOW, **words) == 2


def test_a_draft_is_not_shown_until_reviewed(articles):
    editor = staff(EDIT, VIEW)
    words = {"title": "Draft", "summary": "", "body": "B", "keywords": "", "language": "en", "code": "fallen_trees"}
    services.write_article(based_on=1, is_reviewed=False, access=editor, now=NOW, **words)
    assert queries.get_article(editor, "fallen_trees", "en").title == "Fallen trees: who clears what"
    with pytest.raises(NotAllowed):
        services.write_article(based_on=2, is_reviewed=True, access=staff(VIEW), now=NOW, **words)


def test_an_article_no_longer_in_the_profile_is_retired(articles):
    services.project_articles(entries={"trash_days": TRASH}, actor=SYSTEM, now=NOW)
    assert titles("trees") == []


def bulletin(access, **given):
    values = {
        "text": "Power lines down on Elm St",
        "read_aloud": {"en": "Stay away.", "es": " "},
        "now": NOW,
        "expires_at": NOW + timedelta(hours=4),
        **given,
    }
    return services.post_bulletin(access=access, **values)


def test_a_bulletin_is_in_force_until_it_ends_or_is_withdrawn():
    poster = staff(POST_BULLETIN)
    first, second = bulletin(poster), bulletin(poster, is_urgent=True, service_code="tree_down")
    assert [line.id for line in queries.active_bulletins(NOW)] == [second, first]
    assert [line.id for line in queries.active_bulletins(NOW, "pothole")] == [first]
    assert queries.active_bulletins(NOW + timedelta(hours=4)) == []
    services.withdraw_bulletin(bulletin_id=first, reason="over", access=poster, now=NOW)
    assert [line.id for line in queries.active_bulletins(NOW)] == [second]
    with pytest.raises(Conflict):
        services.withdraw_bulletin(bulletin_id=first, reason="over", access=poster, now=NOW)


def test_a_bulletin_needs_words_an_end_and_the_right():
    with pytest.raises(Invalid):
        bulletin(staff(POST_BULLETIN), text="  ")
    with pytest.raises(Invalid):
        bulletin(staff(POST_BULLETIN), expires_at=NOW)
    with pytest.raises(NotAllowed):
        bulletin(staff(VIEW))


def test_who_has_seen_it_is_counted_once():
    poster, clerk = staff(POST_BULLETIN), staff(VIEW)
    posted = bulletin(poster)
    for _ in range(2):
        services.acknowledge(bulletin_id=posted, access=clerk, now=NOW)
    for _ in range(2):
        services.link_contact(
            bulletin_ids=[posted], request_numbers=[], contact_id=7, contact_number="IN-26-000007-K", now=NOW
        )
    (line,) = queries.active_bulletins(NOW, user_id=clerk.actor.staff_id)
    assert (line.seen_by, line.is_seen, line.contact_count, line.read_aloud) == (1, True, 1, {"en": "Stay away."})


def test_a_bulletin_stands_above_every_page_until_it_is_read(client):
    poster = staff(POST_BULLETIN)
    clerk = make_user(roles=[make_role("reader", [VIEW])])
    client.force_login(clerk)
    assert b"Power lines" not in client.get("/desk/knowledge/").content
    services.post_bulletin(
        text="Power lines down",
        read_aloud={"en": "Stay away."},
        expires_at=utc_now() + timedelta(hours=1),
        access=poster,
        now=utc_now(),
    )
    page = client.get("/desk/knowledge/").content.decode()
    assert "Power lines down" in page and "Stay away." in page
    posted = queries.active_bulletins(utc_now())[0].id
    strip = client.get("/desk/knowledge/bulletins/strip/").content.decode()
    # Open desks take it away themselves when it ends: they hear in how many seconds.
    assert "Power lines down" in strip
    assert 0 < int(re.search(r'data-ends-in="(\d+)"', strip)[1]) <= 48 * 3600
    client.post(f"/desk/knowledge/bulletins/{posted}/seen/")
    assert "Power lines down" not in client.get("/desk/knowledge/").content.decode()
    assert "seen by 1" in client.get("/desk/knowledge/bulletins/").content.decode()
