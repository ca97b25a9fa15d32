"""The door for acts: a refusal keeps what was typed and says why beside the field; nothing else is caught."""

import pytest
from django import forms
from django.http import HttpResponse
from django.test import RequestFactory

from citydesk.kernel.actors import SYSTEM_ACCESS
from citydesk.kernel.acts import Refusal, act_on, plain, read, said, shown_again, version_of, with_reason
from citydesk.kernel.errors import Conflict, Invalid, ManyInvalid, NotFound


class DayForm(forms.Form):
    day = forms.DateField()
    name = forms.CharField()


def asked(acts, *, find=lambda _access: 7, **typed):
    request = RequestFactory().post("/", typed)
    request.access = SYSTEM_ACCESS
    seen = []

    def refused(refusal):
        seen.append(refusal)
        return HttpResponse(status=refusal.status)

    response = act_on(request, acts, find=find, refused=refused, done=lambda: HttpResponse("done"))
    return response, (seen[0] if seen else None)


def raising(error):
    def act(_request, _record_id, _access, _now):
        raise error

    return act


def test_act_is_done_to_the_record_that_was_found():
    did = []
    response, refusal = asked({"close": lambda _request, record_id, _access, _now: did.append(record_id)}, act="close")
    assert (response.content, refusal, did) == (b"done", None, [7])


def test_refusal_keeps_what_was_typed_and_names_the_field():
    acts = {"close": raising(Invalid("Say why.", field="reason"))}
    response, refusal = asked(acts, act="close", reason="", text="the hole is filled")
    assert response.status_code == 400
    assert refusal.act == "close"
    shown = shown_again(refusal)
    assert shown["errors"] == {"reason": ["Say why."]}
    assert shown["typed"]["text"] == "the hole is filled"
    assert shown_again(None) == {"typed": {}, "errors": {}}


def test_unknown_act_is_refused_in_words():
    response, refusal = asked({}, act="explode")
    assert response.status_code == 400
    assert "form" in refusal.errors


def test_conflict_comes_back_on_the_page_but_what_one_may_not_see_does_not():
    response, refusal = asked({"close": raising(Conflict("It is closed."))}, act="close")
    assert response.status_code == 409
    assert refusal.errors == {"form": ["It is closed."]}
    with pytest.raises(NotFound):
        asked({"close": raising(NotFound("No."))}, act="close")

    def hidden(_access):
        raise NotFound("No.")

    with pytest.raises(NotFound):
        asked({}, find=hidden, act="close")


def test_all_mistakes_of_a_form_are_told_at_once():
    with pytest.raises(ManyInvalid) as both:
        read(DayForm, {"day": "yesterday"})
    assert set(said(both.value)) == {"day", "name"}
    with pytest.raises(Invalid) as one:
        read(DayForm, {"day": "2026-11-22"})
    assert one.value.field == "name"
    assert said(Conflict("It is closed."), elsewhere="code") == {"code": ["It is closed."]}


@pytest.mark.parametrize(("typed", "version"), [("4", 4), ("", None), ("four", None), ("²", None), ("-1", None)])
def test_version_is_a_number_or_not_told(typed, version):
    request = RequestFactory().post("/", {"version": typed})
    assert version_of(request.POST) == version


def test_plain_acts_hand_on_record_reason_and_version():
    told = []

    def service(**given):
        told.append({name: given[name] for name in ("problem_id", "reason", "version") if name in given})

    typed = {"version": "3", "reason": "twice"}
    asked({"reopen": with_reason(service, "problem_id")}, act="reopen", **typed)
    asked({"start": plain(service, "problem_id")}, act="start", **typed)
    assert told == [{"problem_id": 7, "reason": "twice", "version": 3}, {"problem_id": 7, "version": 3}]


def test_refusal_of_many_mistakes_has_each():
    many = ManyInvalid([Invalid("No day.", field="day"), Invalid("No name.", field="name")])
    assert Refusal("save", many, None).errors == {"day": ["No day."], "name": ["No name."]}
