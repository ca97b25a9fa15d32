"""The JSON API's description as a page of HTML without a script, drawn from the OpenAPI schema itself."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from citydesk.kernel.pages import public, render
from config.api import api


@public("the description holds no data, and a partner needs it before there is a key")
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Every operation with its parameters, what it takes and what it answers."""
    schema = _schema()
    return render(request, "kernel/api.jinja", {"schema": schema, "operations": list(_operations(schema))})


@lru_cache(maxsize=1)
def _schema() -> dict[str, Any]:
    return dict(api.get_openapi_schema())


def _operations(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path, methods in schema["paths"].items():
        for method, one in methods.items():
            content = one.get("requestBody", {}).get("content", {}).get("application/json", {})
            answers: dict[str, Any] = {str(code): value for code, value in one["responses"].items()}
            answer: Any = next((value for code, value in answers.items() if code.startswith("2")), {})
            told = answer.get("content", {}).get("application/json", {}).get("schema", {})
            yield {
                "id": one["operationId"],
                "method": method.upper(),
                "path": path,
                "text": one.get("description") or one.get("summary", ""),
                "tables": [
                    ("Parameters", [_parameter(given) for given in one.get("parameters", [])]),
                    ("Body", _fields(schema, content.get("schema", {}))),
                    ("Answer", _fields(schema, told)),
                ],
                "answers": list(answers),
            }


def _parameter(given: dict[str, Any]) -> dict[str, Any]:
    about = "in the address" if given["in"] == "path" else ""
    kind = _type(given.get("schema", {}))
    return {"name": given["name"], "type": kind, "about": about, "is_required": given.get("required", False)}


def _fields(schema: dict[str, Any], given: dict[str, Any]) -> list[dict[str, Any]]:
    found = _resolved(schema, given.get("items", given))
    required = set(found.get("required", ()))
    return [
        {"name": name, "type": _type(one), "about": one.get("description", ""), "is_required": name in required}
        for name, one in found.get("properties", {}).items()
    ]


def _resolved(schema: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    name = given.get("$ref", "").rpartition("/")[2]
    return dict(schema["components"]["schemas"][name]) if name else given


def _type(given: dict[str, Any]) -> str:
    if "$ref" in given:
        return str(given["$ref"]).rpartition("/")[2]
    if "anyOf" in given:
        return " or ".join(_type(one) for one in given["anyOf"])
    if given.get("type") == "array":
        return f"list of {_type(given.get('items', {}))}"
    return str(given.get("format") or given.get("type") or "any")
