"""What changed, for a list that is open: counted against the reader's own filter, not the whole city."""

from django.http import HttpRequest, JsonResponse, QueryDict
from django.views.decorators.http import require_GET

from citydesk.contact.service_requests import queries
from citydesk.contact.service_requests.choices import VIEW
from citydesk.contact.service_requests.views.queue import with_defaults
from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import access_of, needs

MOST_IDS = 200


@needs(VIEW)
@require_GET
def changed(request: HttpRequest) -> JsonResponse:
    """Which of the changed requests belong to the list: `ids` with commas, `query` the list's own address part."""
    access, now = access_of(request), utc_now()
    ids = [int(one) for one in request.GET.get("ids", "").split(",") if one.isdecimal() and len(one) < 16][:MOST_IDS]
    spec = queries.queue_spec(access, now=now)
    asked = with_defaults(QueryDict(request.GET.get("query", "")), access)
    values, _problems = spec.parse({name: asked.getlist(name) for name in asked}, access, now)
    rows = spec.narrow(queries.list_queue(access).filter(pk__in=ids), values)
    return JsonResponse({"ids": list(rows.values_list(spec.id_field, flat=True))})
