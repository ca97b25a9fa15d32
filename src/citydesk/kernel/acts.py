"""One door for what is done to a record: the form names the act, and a refused act brings its page back as it was.

A view of a room finds the record, says which acts there are, and draws the page; what must be the same behind every
such door stands here: what counts as a refusal, that nothing typed is lost, and that a page is asked for anew after
an act that was done.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from citydesk.kernel.actors import Access
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import CitydeskError, Conflict, Invalid, ManyInvalid
from citydesk.kernel.pages import access_of, render

# What a form can show. Everything else (not found, not allowed, too many) is a page of its own.
REFUSALS = (Invalid, Conflict, ManyInvalid)

Act = Callable[[HttpRequest, int, Access, datetime], Any]


@dataclass(frozen=True)
class Refusal:
    """An act that was refused: which one, why, and what was typed for it."""

    act: str
    error: CitydeskError
    typed: QueryDict

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows it."""
        return self.error.status

    @property
    def errors(self) -> dict[str, list[str]]:
        """The sentences, each beside its field; `form` for those that belong to none."""
        return said(self.error)


def act_on(
    request: HttpRequest,
    acts: Mapping[str, Act],
    *,
    find: Callable[[Access], int],
    refused: Callable[[Refusal], HttpResponse],
    done: Callable[[], HttpResponse],
) -> HttpResponse:
    """Do the act that the field `act` names to the record that `find` gives, as this person may see it.

    Errors: what `find` raises (404 for what one may not see), and what an act raises beyond `REFUSALS`.
    """
    access = access_of(request)
    record_id = find(access)
    name = request.POST.get("act", "")
    try:
        chosen = acts.get(name)
        if chosen is None:
            raise Invalid(_("There is no such act."))
        chosen(request, record_id, access, utc_now())
    except REFUSALS as error:
        return refused(Refusal(name, error, request.POST))
    return done()


def shown_again(refusal: Refusal | None) -> dict[str, Any]:
    """What a page's forms are filled from: `typed` and `errors`, both empty where nothing was refused."""
    return {"typed": refusal.typed, "errors": refusal.errors} if refusal else {"typed": {}, "errors": {}}


def private_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    refusal: Refusal | None = None,
    *,
    fragment: str = "",
) -> HttpResponse:
    """A page about people, which no browser keeps; a refused act comes back with what was typed (`act_name` says
    which). What `context` names stands for what the refusal says."""
    values = {"act_name": refusal.act if refusal else "", **shown_again(refusal), **context}
    status = values.get("status", refusal.status if refusal else 200)
    return kept_by_nobody(render(request, template, values, fragment=fragment, status=status))


def kept_by_nobody(response: HttpResponse) -> HttpResponse:
    """The answer, which neither a browser nor a proxy keeps."""
    response["Cache-Control"] = "no-store, private"
    return response


def said(error: CitydeskError, elsewhere: str = "form") -> dict[str, list[str]]:
    """The sentences of a refusal by the field each belongs to, `elsewhere` for those that belong to none."""
    found = error.errors if isinstance(error, ManyInvalid) else [error]
    return {one.field or elsewhere: [str(one.message)] for one in found}


def read(kind: type[forms.Form], given: Any) -> dict[str, Any]:
    """The typed values of a form. Raises `Invalid` for one mistake, `ManyInvalid` for several, each with its field."""
    form = kind(given)
    if form.is_valid():
        return form.cleaned_data
    errors: list[CitydeskError] = [
        Invalid(str(messages[0]), field=name) for name, messages in form.errors.items() if messages
    ]
    raise errors[0] if len(errors) == 1 else ManyInvalid(errors)


def version_of(given: QueryDict) -> int | None:
    """The version the form was filled from; None where it does not say."""
    value = given.get("version", "")
    return int(value) if value.isdecimal() else None


def plain(service: Callable[..., Any], key: str) -> Act:
    """An act that asks for nothing but the record, which the service takes as `key`."""

    def run(request: HttpRequest, record_id: int, access: Access, now: datetime) -> Any:
        return service(**{key: record_id}, access=access, now=now, version=version_of(request.POST))

    return run


def with_reason(service: Callable[..., Any], key: str) -> Act:
    """An act with its reason."""

    def run(request: HttpRequest, record_id: int, access: Access, now: datetime) -> Any:
        return service(
            **{key: record_id},
            reason=request.POST.get("reason", ""),
            access=access,
            now=now,
            version=version_of(request.POST),
        )

    return run
