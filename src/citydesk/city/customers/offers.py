"""What the customers room offers the house."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from citydesk.city.customers import choices, labels, queries
from citydesk.kernel.actors import Access
from citydesk.kernel.decisions import Decision
from citydesk.kernel.registries import (
    AuditCode,
    Exporter,
    ImportKind,
    NavItem,
    Permission,
    RetentionSeries,
    SearchHit,
    SearchSource,
    registries,
)


def find_customers(access: Access, text: str, limit: int) -> list[SearchHit]:
    """Customers for the desk's find box."""
    return [
        SearchHit(
            title=hit.display_name,
            subtitle=", ".join(filter(None, (hit.phone, hit.address or hit.email))),
            url=reverse("customers:detail", args=[hit.number]),
            badge=""
            if hit.caller_class == choices.CallerClass.RESIDENT
            else str(labels.CALLER_CLASS[hit.caller_class]),
        )
        for hit in queries.find(access, text, limit)
    ]


registries.add(
    Permission(choices.CUSTOMERS_VIEW, _("See the customers of requests one may see")),
    Permission(choices.CUSTOMERS_VIEW_ALL, _("See all customers")),
    Permission(choices.CUSTOMERS_EDIT, _("Add and correct customers")),
    Permission(choices.CUSTOMERS_MERGE, _("Merge customers who are one, and take them apart again")),
    Permission(choices.CUSTOMERS_SEE_CONTACT, _("See phone numbers, e-mail and postal addresses in full")),
    Permission(choices.CUSTOMERS_SEE_CONFIDENTIAL, _("Open the identity of a confidential reporter, with a reason")),
    Permission(choices.CUSTOMERS_APPROVE_CAUTION, _("Approve cautions that others wrote")),
    NavItem("customers", _("Customers"), "customers:find", choices.CUSTOMERS_VIEW, order=30),
    SearchSource("customers", _("Customers"), find_customers, choices.CUSTOMERS_VIEW, order=20),
    AuditCode("customers.created", _("added the customer"), icon="person"),
    AuditCode("customers.corrected", _("corrected the customer")),
    AuditCode("customers.point_added", _("added a contact point: {value}"), icon="add"),
    AuditCode("customers.point_ended", _("ended a contact point: {value}"), icon="remove"),
    AuditCode("customers.point_preferred", _("made {value} the preferred contact point")),
    AuditCode("customers.merged", _("merged {merged} into {kept}"), icon="people"),
    AuditCode("customers.unmerged", _("took {merged} out of {kept} again"), icon="people"),
    AuditCode("customers.found_different", _("found two look-alikes to be different people"), icon="people"),
    AuditCode("customers.caution_proposed", _("proposed a caution: {text}"), icon="warning"),
    AuditCode("customers.caution_approved", _("approved a caution: {text}"), icon="warning"),
    AuditCode("customers.caution_refused", _("refused a caution: {text}"), icon="warning"),
    AuditCode("customers.caution_ended", _("ended a caution: {text}"), icon="warning"),
    AuditCode("customers.identity_kept", _("kept a confidential identity apart"), icon="lock"),
    AuditCode("customers.identity_opened", _("opened a confidential identity"), icon="lock"),
    RetentionSeries(
        "customers.customer",
        _("Customers without open matters"),
        "last_contact",
        due="citydesk.city.customers.queries.records.customers_due",
        destroy="citydesk.city.customers.services.destruction.destroy_customers",
    ),
    Exporter(
        "customers.customer",
        _("Customers"),
        find="citydesk.city.customers.queries.records.find_records",
        of_people="citydesk.city.customers.queries.records.records_of_people",
        read="citydesk.city.customers.queries.records.read_record",
        order=10,
    ),
    ImportKind(
        "customers",
        _("Customers"),
        "citydesk.city.customers.services.importing.used_customers",
        "citydesk.city.customers.services.importing.take_back_customers",
    ),
    RetentionSeries("customers.identity", _("Identities of confidential reporters"), "matter_closed"),
)
registries.add(
    Decision(
        "customers.cautions",
        _("Cautions about people and places"),
        "citydesk.city.customers.queries.decisions.cautions",
        choices.CUSTOMERS_APPROVE_CAUTION,
        "customers:cautions",
        order=30,
    ),
)
