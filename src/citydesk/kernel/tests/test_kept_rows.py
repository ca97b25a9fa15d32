"""What tests put back instead of making it again is what was made, and only where nothing else was written."""

from contextlib import contextmanager

import pytest
from django.db import transaction

from citydesk.kernel.clock import utc_now
from citydesk.kernel.models import AuditEntry
from citydesk.kernel.tests.kept_rows import MadeOnce

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def undone():
    """A transaction of its own, as each test has one, taken back at its end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def entry(label):
    return AuditEntry.objects.create(
        at=utc_now(), code="test.made", actor_kind="system", actor_label=label, object_type="test", object_id=1
    )


def rows():
    return list(AuditEntry.objects.order_by("id").values())


def test_what_was_made_is_put_back_and_what_comes_after_it_has_a_number_of_its_own():
    made, once = [], MadeOnce()

    def make():
        made.append(entry("made"))

    with undone():
        once.have("a", make)
        first = rows()
    with undone():
        once.have("a", make)
        assert rows() == first and len(made) == 1
        assert entry("another").pk > first[0]["id"]
    with undone():
        once.have("b", make)
        assert len(made) == 2 and len(rows()) == 1


def test_whoever_wrote_before_or_commits_gets_it_made():
    made, once = [], MadeOnce()

    def make():
        made.append(entry("made"))

    with undone():
        once.have("a", make)
    with undone():
        entry("before")
        once.have("a", make)
        assert len(made) == 2 and len(rows()) == 2
    once.have("a", make)
    assert len(made) == 3 and len(rows()) == 1


def test_a_database_that_was_not_empty_is_not_kept():
    made, once = [], MadeOnce()
    entry("left behind")
    for _again in range(2):
        with undone():
            once.have("a", lambda: made.append(entry("made")))
            assert len(rows()) == 2
    assert len(made) == 2
