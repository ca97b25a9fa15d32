"""A paper that did not come out is noted once, printed again later, and says which copy it is."""

from datetime import UTC, datetime

import pytest

from citydesk.city.correspondence import services
from citydesk.city.correspondence.choices import MAIL_LETTERS, REPRINT
from citydesk.city.correspondence.models import LetterBatch, Reprint
from citydesk.city.correspondence.queries import papers
from citydesk.city.staff.tests.factories import access_with, make_user
from citydesk.kernel.actors import Access, Actor, ActorKind
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, NotFound

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 19, 9, tzinfo=UTC)


def clerk(name, desk="", *rights) -> Access:
    user = make_user(name)
    type(user).objects.filter(pk=user.pk).update(desk=desk)
    return Access(Actor(ActorKind.STAFF, user.pk, name), frozenset(rights or {REPRINT, MAIL_LETTERS}))


def noted(access, number, desk="Desk 4") -> int:
    given = {"paper": "letters", "number": number, "why": "printer off", "desk": desk}
    return services.note_not_printed(**given, access=access, now=NOW)


def a_batch(access) -> str:
    return str(LetterBatch.objects.create(made_at=NOW, made_by_id=access.actor.staff_id).pk)


def copy_of(address: str, number: str) -> str:
    return papers.copy_words(address.partition("?copy=")[2], "letters", int(number))


def test_each_print_is_one_more_copy_and_the_paper_says_so():
    dana = clerk("dana", "Desk 4")
    number = a_batch(dana)
    for copy in (2, 3):
        address = services.print_again(reprint_id=noted(dana, number), access=dana, now=NOW)
        assert address.startswith(f"/desk/messages/letters/{number}/paper/?copy=")
        assert copy_of(address, number) == f"Copy {copy}"
    assert [one.copy for one in papers.list_reprints(dana, waiting=False)] == [3, 2]
    assert papers.copy_words("", "letters", int(number)) == papers.copy_words("x", "letters", int(number)) == ""


def test_what_came_out_after_all_is_no_copy():
    dana = clerk("dana", "Desk 4")
    number = a_batch(dana)
    services.came_out(reprint_id=noted(dana, number), access=dana, now=NOW)
    address = services.print_again(reprint_id=noted(dana, number), access=dana, now=NOW)
    assert copy_of(address, number) == "Copy 2"


def test_a_paper_waits_once_and_two_clerks_do_not_both_print_it():
    dana, marta = clerk("dana", "Desk 4"), clerk("marta", "Desk 4")
    number = a_batch(dana)
    line = noted(dana, number)
    with pytest.raises(Conflict):
        noted(marta, number)
    services.print_again(reprint_id=line, access=marta, now=NOW)
    with pytest.raises(Conflict):
        services.print_again(reprint_id=line, access=dana, now=NOW)
    assert Reprint.objects.count() == 1


def test_the_list_is_the_desks_own_and_a_paper_the_readers_own():
    dana, bo = clerk("dana", "Desk 4"), clerk("bo", "Desk 9")
    line = noted(dana, a_batch(dana))
    assert [one.id for one in papers.list_reprints(dana, waiting=True)] == [line]
    assert papers.list_reprints(bo, waiting=True) == []
    with pytest.raises(NotFound):
        services.print_again(reprint_id=line, access=bo, now=NOW)
    with pytest.raises(Invalid):
        noted(dana, "999999")
    with pytest.raises(Invalid):
        noted(clerk("ann", "Desk 1", REPRINT), a_batch(dana))
    with pytest.raises(NotAllowed):
        noted(access_with(MAIL_LETTERS), a_batch(dana))
