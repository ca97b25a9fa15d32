"""GET /services and /services/{code}: what can be reported and what must be told with it."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from citydesk.contact.service_requests import labels
from citydesk.contact.service_requests.api.asked import language_of, parameter, require_jurisdiction
from citydesk.contact.service_requests.api.errors import answering
from citydesk.contact.service_requests.api.render import respond
from citydesk.contact.service_requests.choices import QuestionType
from citydesk.contact.service_requests.labels import in_language
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.queries import reportable as catalogs
from citydesk.contact.service_requests.rules.catalog import Service
from citydesk.contact.service_requests.rules.open311 import DATATYPES
from citydesk.contact.service_requests.rules.questions import Question
from citydesk.kernel.clock import utc_now

_FORMS = {
    QuestionType.NUMBER: "A number.",
    QuestionType.DATE: "A date as year-month-day.",
    QuestionType.SEVERAL_OF: "One or more of the values.",
}


@answering("GET", why="the catalog is public")
def services(request: HttpRequest, form: str) -> HttpResponse:
    """Everything the public may report. A service_name comes once: clients keep one code per name."""
    require_jurisdiction(parameter(request, "jurisdiction_id"))
    language, on = language_of(request), policy.today(utc_now())
    groups = policy.groups(on)
    seen: set[str] = set()
    data = []
    for one in catalogs.list_reportable(on):
        name = one.name_in(language).strip()
        name = name if name.casefold() not in seen else f"{name} ({one.code})"
        seen.add(name.casefold())
        group = in_language(groups.get(one.group, {}).get("name") or {}, language) if one.group else ""
        data.append(_service(one, name, group, language))
    return respond("services", data, form)


def _service(one: Service, name: str, group: str, language: str) -> dict[str, Any]:
    words = list(one.synonyms.get(language, ()))
    if one.is_confidential:
        words.insert(0, "private")  # FixMyStreet then keeps the report off its map
    return {
        "service_code": one.code,
        "service_name": name,
        "description": in_language(one.descriptions, language) or None,
        "metadata": bool(one.questions),
        "type": "realtime",
        "keywords": ",".join(word.replace(",", " ") for word in words) or None,
        "group": group or None,
    }


@answering("GET", why="the catalog is public")
def definition(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """The questions of a code; none for a code that asks nothing."""
    require_jurisdiction(parameter(request, "jurisdiction_id"))
    language = language_of(request)
    one = catalogs.get_reportable(code, policy.today(utc_now()))
    attributes = [_attribute(row, place, language) for place, row in enumerate(one.questions, start=1)]
    return respond("service_definition", {"service_code": one.code, "attributes": attributes}, form)


def _attribute(one: Question, place: int, language: str) -> dict[str, Any]:
    """A question as an attribute. One that depends on another answer is not required of a client, which cannot know."""
    attribute: dict[str, Any] = {
        "variable": one.type != QuestionType.NOTE,
        "code": one.code,
        "datatype": DATATYPES[one.type],
        "required": one.is_required and not one.show_if and one.type != QuestionType.NOTE,
        "datatype_description": in_language(one.help, language) or _FORMS.get(one.type),
        "order": place,
        "description": in_language(one.ask, language),
    }
    if one.choices:
        attribute["values"] = [{"key": key, "name": _value_name(one, key, language)} for key in one.choices]
    return attribute


def _value_name(one: Question, key: str, language: str) -> str:
    names = one.options.get(key)
    return in_language(names, language) if names else str(labels.ANSWERS[key])
