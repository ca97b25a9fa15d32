"""GET /v2/openapi.json: this house's GeoReport v2 for programs that read OpenAPI 3.1. Public, holds no data.

It says what is answered, not what could be: a test and the drills hold every answer against it.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from citydesk.contact.service_requests.api.errors import answering

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}
_MAYBE: Schema = {"type": ["string", "null"]}
_NUMBER: Schema = {"type": ["number", "null"]}
_MOMENT: Schema = {"type": ["string", "null"], "format": "date-time"}
_REFUSALS = {
    400: "The request does not hold; one entry for each thing.",
    403: "The key is missing, not valid, or may not do this.",
    404: "There is no such thing, or it is not public.",
    405: "This address does not know the method.",
    413: "This is too large.",
    429: "Too many at once; Retry-After says when.",
    503: "The database is away or being maintained; Retry-After says when.",
}
_FILTERS = {
    "service_request_id": "Numbers, separated by commas; overrides every other filter.",
    "service_code": "Codes, separated by commas.",
    "status": "open or closed, or both separated by a comma.",
    "start_date": "Received at or after.",
    "end_date": "Received at or before.",
    "updated_after": "Published change at or after.",
    "updated_before": "Published change at or before.",
    "bbox": "west,south,east,north in degrees.",
    "extensions": "true adds public answers, notes and photos.",
    "page": "From 1.",
    "page_size": "At most 1,000.",
}
_FIELDS = {
    "service_code": "The code, from services.",
    "description": "What is the matter; up to 10,000 characters.",
    "lat": "Latitude in degrees, WGS 84.",
    "long": "Longitude in degrees, WGS 84.",
    "address_string": "The place in words.",
    "address_id": "The city's number of the address.",
    "email": "Where to write to.",
    "device_id": "The app's own number of the device.",
    "account_id": "The app's own number of the person.",
    "first_name": "Given name.",
    "last_name": "Family name.",
    "phone": "Telephone number.",
    "media_url": "A picture elsewhere; kept as an internal note, never fetched.",
    "locale": "en or es.",
    "jurisdiction_id": "This city's, or nothing.",
    "api_key": "The key, where no Authorization header brings it.",
}


@answering("GET", why="describes the API and holds no data")
def openapi(request: HttpRequest) -> HttpResponse:
    """The description."""
    return JsonResponse(document())


def document() -> Schema:
    """The whole description as data."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Open311 GeoReport v2",
            "version": "2",
            "description": "Requests for service: what can be reported, what was reported, and reporting. Every "
            "address ends in .json or .xml; both formats hold the same data.",
        },
        "servers": [{"url": f"{settings.SITE_URL}/open311/v2"}],
        "paths": _paths(),
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def _paths() -> Schema:
    format_ = _part("form", "The format.", {"type": "string", "enum": ["json", "xml"]})
    asked = [_asked("jurisdiction_id", _FIELDS["jurisdiction_id"]), _asked("locale", _FIELDS["locale"])]
    reads = [_asked(name, words) for name, words in _FILTERS.items()]
    place = _asked("jurisdiction_id", _FIELDS["jurisdiction_id"])
    return {
        "/discovery.{form}": {"get": _read("discovery", "Where the service is", "Discovery", [format_])},
        "/services.{form}": {"get": _read("services", "What can be reported", "Services", [format_, *asked], 404)},
        "/services/{service_code}.{form}": {
            "get": _read(
                "definition",
                "The questions of a code",
                "ServiceDefinition",
                [_part("service_code", "The code.", _TEXT), format_, *asked],
                404,
            )
        },
        "/requests.{form}": {
            "get": _read("list", "Published requests", "Requests", [format_, *asked, *reads], 400, 404, 429),
            "post": _report([format_]),
        },
        "/requests/{number}.{form}": {
            "get": _read(
                "request",
                "One published request, as a list of one",
                "Requests",
                [_part("number", "Its number.", _TEXT), format_, *asked, _asked("extensions", _FILTERS["extensions"])],
                404,
                429,
            )
        },
        "/tokens/{token}.{form}": {
            "get": _read(
                "token",
                "The number a token became",
                "Tokens",
                [_part("token", "The token.", _TEXT), format_, place],
                404,
                429,
            )
        },
    }


def _read(code: str, words: str, schema: str, parameters: list[Schema], *refusals: int) -> Schema:
    return {
        "operationId": code,
        "summary": words,
        "parameters": parameters,
        "responses": _answers(schema, 400, 404, *refusals),
    }


def _report(parameters: list[Schema]) -> Schema:
    """POST: fields of the contract; `attribute[CODE]` for the answers, so others are allowed."""
    fields = {name: {**_TEXT, "description": words} for name, words in _FIELDS.items()}
    form = {"type": "object", "properties": fields, "required": ["service_code"], "additionalProperties": True}
    files = {**form, "properties": {**fields, "media": {"type": "string", "format": "binary"}}}
    key = {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "The same key gets the same number for good.",
        "schema": {"type": "string", "maxLength": 180, "pattern": "^[A-Za-z0-9._:-]*$"},
    }
    return {
        "operationId": "report",
        "summary": "Report: acknowledged when it is recorded, or kept (then with a token)",
        "description": "Without an Idempotency-Key the same fields from one key within ten minutes are one report. "
        "Answers to the questions of a code: attribute[CODE]=value, repeated for several.",
        "parameters": [*parameters, key],
        "security": [{"key": []}, {}],
        "requestBody": {
            "required": True,
            "content": {
                "application/x-www-form-urlencoded": {"schema": form},
                "multipart/form-data": {"schema": files},
            },
        },
        "responses": _answers("Receipts", 400, 403, 404, 413, 429),
    }


def _answers(schema: str, *refusals: int) -> Schema:
    """The good answer and the refusals, each in both formats."""
    said = {"200": _answer("As asked.", schema)}
    for status in sorted({*refusals, 405, 503}):
        said[str(status)] = _answer(_REFUSALS[status], "Errors")
    return said


def _answer(words: str, schema: str) -> Schema:
    return {
        "description": words,
        "content": {
            "application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}},
            "text/xml": {"schema": _TEXT},
        },
    }


def _part(name: str, words: str, schema: Schema) -> Schema:
    return {"name": name, "in": "path", "required": True, "description": words, "schema": schema}


def _asked(name: str, words: str) -> Schema:
    return {"name": name, "in": "query", "required": False, "description": words, "schema": _TEXT}


def _object(always: str, /, **properties: Schema) -> Schema:
    """An object; `always` names the members that are never left out."""
    return {"type": "object", "properties": properties, "required": always.split()}


def _list(of: Schema) -> Schema:
    return {"type": "array", "items": of}


def _schemas() -> Schema:
    service = _object(
        "service_code service_name description metadata type keywords group",
        service_code=_TEXT,
        service_name=_TEXT,
        description=_MAYBE,
        metadata={"type": "boolean"},
        type={"const": "realtime"},
        keywords=_MAYBE,
        group=_MAYBE,
    )
    attribute = _object(
        "variable code datatype required datatype_description order description",
        variable={"type": "boolean"},
        code=_TEXT,
        datatype={"enum": ["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]},
        required={"type": "boolean"},
        datatype_description=_MAYBE,
        order={"type": "integer"},
        description=_MAYBE,
        values=_list(_object("key name", key=_TEXT, name=_TEXT)),
    )
    endpoint = _object("specification url changeset type formats", url=_TEXT, formats=_list(_TEXT))
    return {
        "Errors": {**_list(_object("code description", code={"type": "integer"}, description=_TEXT)), "minItems": 1},
        "Discovery": _object("changeset contact key_service endpoints", contact=_TEXT, endpoints=_list(endpoint)),
        "Services": _list(service),
        "ServiceDefinition": _object("service_code attributes", service_code=_TEXT, attributes=_list(attribute)),
        "Requests": _list(_request()),
        "Receipts": _list(
            {
                **_object("service_notice account_id", service_notice=_MAYBE),
                "oneOf": [{"required": ["service_request_id"]}, {"required": ["token"]}],
            }
        ),
        "Tokens": _list(_object("service_request_id token", service_request_id=_MAYBE, token=_TEXT)),
    }


def _request() -> Schema:
    return _object(
        "service_request_id status service_name service_code requested_datetime",
        service_request_id=_TEXT,
        status={"enum": ["open", "closed"]},
        status_notes=_MAYBE,
        service_name=_TEXT,
        service_code=_TEXT,
        description=_MAYBE,
        agency_responsible=_MAYBE,
        service_notice=_MAYBE,
        requested_datetime=_MOMENT,
        updated_datetime=_MOMENT,
        expected_datetime=_MOMENT,
        address=_MAYBE,
        address_id=_MAYBE,
        zipcode=_MAYBE,
        lat=_NUMBER,
        long=_NUMBER,
        media_url=_MAYBE,
    )
