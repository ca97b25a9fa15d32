"""Finding a customer. What is typed travels by POST: names and numbers of people do not belong in addresses."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from citydesk.city.customers import labels, queries
from citydesk.city.customers.choices import CUSTOMERS_APPROVE_CAUTION, CUSTOMERS_EDIT, CUSTOMERS_MERGE, CUSTOMERS_VIEW
from citydesk.kernel.pages import access_of, needs, render


@needs(CUSTOMERS_VIEW)
@require_http_methods(["GET", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """The find page; HTMX gets the block `hits` alone while somebody types."""
    access = access_of(request)
    text = request.POST.get("q", "")[:120].strip()
    hits = queries.find(access, text, 30) if text else []
    values = {
        "text": text,
        "hits": hits,
        "labels": labels,
        "may_edit": access.may(CUSTOMERS_EDIT),
        "may_merge": access.may(CUSTOMERS_MERGE),
        "may_approve": access.may(CUSTOMERS_APPROVE_CAUTION),
        "pairs": queries.count_duplicates(access),
    }
    return render(request, "customers/find.jinja", values, fragment="hits")
