"""A new customer, and correcting one. The second editor sees both texts and chooses."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from citydesk.city.customers import labels, queries, services
from citydesk.city.customers.choices import CUSTOMERS_EDIT, CUSTOMERS_SEE_CONTACT
from citydesk.city.customers.forms import CustomerForm, language_options
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import CitydeskError, Conflict, Invalid, ManyInvalid, StaleVersion
from citydesk.kernel.pages import access_of, needs, render
from citydesk.kernel.versions import two_texts

FIELD_LABELS: dict[str, Any] = {
    "kind": lambda: _("Kind"),
    "given_name": lambda: _("Given name"),
    "family_name": lambda: _("Family name"),
    "organization_name": lambda: _("Organization"),
    "caller_class": lambda: _("Caller class"),
    "language": lambda: _("Language"),
    "format_need": lambda: _("Format"),
    "needs_interpreter": lambda: _("Needs an interpreter"),
    "is_anonymous": lambda: _("Name refused"),
}


@needs(CUSTOMERS_EDIT)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Add a customer."""
    form = CustomerForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            made = services.create_customer(
                **form.facts(), points=form.points(), actor=access_of(request).actor, now=utc_now()
            )
        except (Invalid, ManyInvalid) as error:
            note_errors(form, error)
        else:
            return redirect("customers:detail", made.number)
    return _page(request, form, None, status=400 if form.is_bound else 200)


@needs(CUSTOMERS_EDIT)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """Correct a customer, with a reason."""
    access, now = access_of(request), utc_now()
    asked = queries.id_by_number(access, number)
    customer = queries.get_customer(access, asked, now, purpose="edit")
    if request.method == "GET":
        return _page(request, CustomerForm(initial=_facts_of(customer)), customer)
    form = CustomerForm(request.POST)
    stale = None
    if form.is_valid():
        try:
            services.correct_customer(
                customer_id=customer.id,
                changes=form.facts(),
                version=form.cleaned_data["version"] or 0,
                reason=form.cleaned_data["reason"],
                actor=access.actor,
                now=now,
            )
            return redirect("customers:detail", customer.number)
        except StaleVersion as error:
            stale = error
        except (Invalid, ManyInvalid, Conflict) as error:
            note_errors(form, error)
    return _page(request, form, customer, stale=stale, status=409 if stale else 400)


def note_errors(form: Any, error: CitydeskError) -> None:
    """Put a service's refusal beside the field it names, or above the form."""
    for one in error.errors if isinstance(error, ManyInvalid) else [error]:
        sentence = " ".join(filter(None, (str(one.message), str(one.hint))))
        form.add_error(one.field if one.field in form.fields else None, sentence)


def _facts_of(customer: queries.CustomerView) -> dict[str, Any]:
    return {**{name: getattr(customer, name) for name in FIELD_LABELS}, "version": customer.version}


def _page(
    request: HttpRequest,
    form: CustomerForm,
    customer: queries.CustomerView | None,
    *,
    stale: StaleVersion | None = None,
    status: int = 200,
) -> HttpResponse:
    two = two_texts(stale, {name: label() for name, label in FIELD_LABELS.items()}) if stale else None
    typed = {name: form[name].value() for name in form.fields}
    if two:
        typed["version"] = two["version"]
    values = {
        "customer": customer,
        "form": form,
        "typed": typed,
        "errors": form.errors if form.is_bound else {},
        "two": two,
        "labels": labels,
        "languages": language_options(str(typed.get("language") or "")),
        "may_see_contact": access_of(request).may(CUSTOMERS_SEE_CONTACT),
    }
    return render(request, "customers/edit.jinja", values, status=status)
