"""Taking a list out of the house as a file: with a reason, counted, in the history; above a number not alone.

The link of a list leads to a page that asks why. The answer comes back to the same address, sealed to the person and
the list for a few minutes, so that no reason stands in an address in clear.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Invalid
from citydesk.kernel.lists.export import export_response
from citydesk.kernel.lists.page import _total
from citydesk.kernel.lists.spec import ListSpec, lists_of
from citydesk.kernel.pages import render
from citydesk.kernel.registries import AuditCode, registries
from citydesk.kernel.sealing import seal, unseal

OBJECT = "kernel.list."
MOST_ALONE = 5000
_PURPOSE = "taking a list out"
_SECONDS = 600
_LONGEST = 400

registries.add(
    AuditCode("lists.taken_out", gettext_lazy("took {count} rows of {object} out as a file"), icon="download")
)


def most_alone(limits: Mapping[str, str]) -> int:
    """How many rows a person takes out in one file alone: `limits = { export = ... }` of their roles, else 5,000."""
    given = limits.get("export")
    return MOST_ALONE if given is None else int(Decimal(given))


def sealed_reason(reason: str, address: str, access: Access) -> str:
    """The reason as it travels in the list's address. Raises `Invalid` without one."""
    words = " ".join(reason.replace("\x00", "").split())[:_LONGEST]
    if not words:
        raise Invalid(_("Say why: it is kept with the file's name and your own."), field="reason")
    return seal("\n".join((_who(access), address.partition("?")[0], words)), purpose=_PURPOSE)


def is_of_this_house(address: str) -> bool:
    """Whether an address leads to a page of this site and of the desk."""
    return url_has_allowed_host_and_scheme(address, allowed_hosts=None) and address.startswith("/desk/")


def take_out(
    request: HttpRequest,
    spec: ListSpec,
    rows: Any,
    given: QueryDict,
    *,
    form: str,
    name: str,
    access: Access,
    now: datetime,
    reason: str = "",
) -> HttpResponseBase:
    """The page that asks why, or the file; handing the file out is recorded with who, why and how many rows.

    `reason` is given where a second person approved the file: then the number of rows is no bar. Raises `Invalid` for
    more rows than one person takes out alone.
    """
    values, problems = spec.parse(lists_of(given), access, now)
    if problems:
        raise problems[0]
    count = _total(spec.narrow(rows, values), spec.export_limit).count
    most = most_alone(access.limits)
    if not reason and count > most:
        raise Invalid(
            _("More than %(n)s rows are not taken out alone.") % {"n": most}, hint=_("Narrow the list before.")
        )
    said = reason or _unsealed(request, access)
    if not said:
        return ask_why(request, count)
    answer = export_response(spec, rows, given, form=form, name=name, access=access, now=now)
    facts = {"count": count, "form": form}
    act = audit.Act("lists.taken_out", OBJECT + spec.code, 0, name, after=facts, reason=said)
    audit.record(act, actor=access.actor, now=now)
    return answer


def ask_why(request: HttpRequest, count: int | None, *, address: str = "", error: str = "") -> HttpResponseBase:
    """The page instead of the file: how many rows, and why they leave the house."""
    back = request.GET.copy()
    for one in ("as", "why"):
        back.pop(one, None)
    context = {
        "count": count,
        "address": address or request.get_full_path(),
        "back": f"{request.path}?{back.urlencode()}" if not address else address.partition("?")[0],
        "error": error,
    }
    return render(request, "kernel/take_out.jinja", context, status=422 if error else 200)


def _unsealed(request: HttpRequest, access: Access) -> str:
    """The reason in the address; empty when there is none, or when it is too old or somebody else's."""
    token = request.GET.get("why", "")
    if not token:
        return ""
    try:
        who, path, words = unseal(token, purpose=_PURPOSE, max_age=_SECONDS).split("\n", 2)
    except Invalid:
        return ""
    return words if (who, path) == (_who(access), request.path) else ""


def _who(access: Access) -> str:
    return f"{access.actor.kind}:{access.actor.id}"


def taken_lately(list_code: str, *, limit: int = 20) -> list[audit.HistoryLine]:
    """The newest files of a list that left the house: who, when, why, how many rows. The caller has authorized."""
    return audit.history_of(OBJECT + list_code, 0, limit=limit)
