"""People and organisations, and how they are reached."""

from typing import Any, Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from citydesk.city.customers.choices import (
    CUSTOMERS_VIEW,
    CUSTOMERS_VIEW_ALL,
    CallerClass,
    CustomerKind,
    PointKind,
    PointUse,
)
from citydesk.kernel.actors import Access
from citydesk.kernel.registries import registries


def _row_of(ids: models.QuerySet[Any, Any]) -> models.QuerySet[Any, Any]:
    """Of a queryset of one column of customers' ids, the rows of the customer that is looked at."""
    (column,) = ids.query.values_select
    return _same(ids, column)


def _same(rows: models.QuerySet[Any, Any], column: str) -> models.QuerySet[Any, Any]:
    """Rows whose column is the customer that is looked at. Said twice, by `=` and by `>=`: an equation alone lets
    PostgreSQL gather all rows for a word that stands in many names, which takes seconds for a large department."""
    return rows.filter(**{column: OuterRef("pk"), f"{column}__gte": OuterRef("pk")})


class CustomerQuerySet(models.QuerySet["Customer"]):
    def visible_to(self, access: Access) -> Self:
        """Customers the reader may know of: all with `customers.view_all`; with `customers.view` alone those that
        another room lets them know of (whose requests they work on), and what these were merged into."""
        if not access.may(CUSTOMERS_VIEW):
            return self.none()
        if access.may(CUSTOMERS_VIEW_ALL):
            return self
        seen = Q(pk__in=[])
        # Asked of each row on its own: a department's people are too many to gather for the ten that are looked for.
        for ids in registries.ids_in_sight("customers.customer", access):
            known = Customer.objects.filter(Exists(_row_of(ids)))
            joined = _same(known, "merged_into_id")
            twice = _same(Customer.objects.filter(Exists(joined)), "merged_into_id")
            seen |= Q(Exists(_row_of(ids))) | Q(Exists(joined)) | Q(Exists(twice))
        return self.filter(seen)

    def canonical(self) -> Self:
        """Customers that were not merged into another."""
        return self.filter(merged_into__isnull=True)


class Customer(models.Model):
    """A person or an organisation that contacts the office.

    A merged customer keeps its row and its number and points to the one it was merged into; whoever refers to it goes
    on referring to it, and reads resolve. An anonymous one has contact points but refused a name.
    """

    number = models.CharField(max_length=24)
    kind = models.CharField(max_length=14, default=CustomerKind.PERSON)
    display_name = models.CharField(max_length=160)
    given_name = models.CharField(max_length=80, blank=True)
    family_name = models.CharField(max_length=80, blank=True)
    organization_name = models.CharField(max_length=160, blank=True)
    caller_class = models.CharField(max_length=12, default=CallerClass.RESIDENT)
    language = models.CharField(max_length=20, default="en")
    format_need = models.CharField(max_length=12, blank=True)
    needs_interpreter = models.BooleanField(default=False)
    is_anonymous = models.BooleanField(default=False)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged_from", db_index=False)
    # Names folded to plain small letters: family first for the list, all words for the search. The plain collation
    # lets one btree serve both the beginning of a name and its order.
    family_key = models.CharField(max_length=170, db_collation="C")
    given_key = models.CharField(max_length=90, blank=True, db_collation="C")
    words = models.CharField(max_length=340)
    version = models.IntegerField(default=1)
    duplicates_checked_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=120, blank=True)
    updated_at = models.DateTimeField()

    data_classes = {
        "*": "personal",
        "id": "internal",
        "number": "internal",
        "kind": "internal",
        "caller_class": "internal",
        "merged_into": "internal",
        "version": "internal",
        "duplicates_checked_at": "internal",
        "created_at": "internal",
        "created_by": "internal",
        "updated_at": "internal",
    }
    objects = CustomerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="customers_number"),
            models.CheckConstraint(
                name="customers_not_merged_into_itself", condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id"))
            ),
        ]
        indexes = [
            models.Index(name="customers_by_family", fields=["family_key", "given_key"]),
            models.Index(name="customers_by_given", fields=["given_key", "family_key"]),
            GinIndex(name="customers_words_like", fields=["words"], opclasses=["gin_trgm_ops"]),
            models.Index(name="customers_merged", fields=["merged_into"], condition=Q(merged_into__isnull=False)),
            models.Index(
                name="customers_to_check",
                fields=["id"],
                condition=Q(duplicates_checked_at__isnull=True, merged_into__isnull=True),
            ),
        ]


class ContactPoint(models.Model):
    """A phone number, an e-mail address or a postal address of a customer. Given up ones keep their row, ended.

    `normalized` is E.164 for phones, small letters for e-mail, the postal form for addresses. `digits` are a phone's
    national digits, so that any four of them find it. A postal point may name the premise it stands for.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="points")
    kind = models.CharField(max_length=8)
    use = models.CharField(max_length=10, default=PointUse.OTHER)
    value = models.CharField(max_length=240)
    normalized = models.CharField(max_length=240, db_collation="C")
    digits = models.CharField(max_length=20, blank=True, db_collation="C")
    extension = models.CharField(max_length=10, blank=True)
    address = models.ForeignKey("places.Address", models.PROTECT, null=True, related_name="+")
    is_preferred = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    data_classes = {
        "*": "personal",
        "id": "internal",
        "customer": "internal",
        "kind": "internal",
        "created_at": "internal",
        "ended_at": "internal",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="customers_point_once",
                fields=["customer", "kind", "normalized"],
                condition=Q(ended_at__isnull=True),
            ),
            models.UniqueConstraint(
                name="customers_one_preferred_point",
                fields=["customer"],
                condition=Q(is_preferred=True, ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="customers_only_postal_has_premise",
                condition=Q(address__isnull=True) | Q(kind=PointKind.POSTAL),
            ),
        ]
        indexes = [
            models.Index(
                name="customers_point_value",
                fields=["normalized", "kind"],
                condition=Q(ended_at__isnull=True),
            ),
            models.Index(
                name="customers_point_number",
                fields=["digits"],
                condition=Q(kind=PointKind.PHONE, ended_at__isnull=True),
            ),
            GinIndex(
                name="customers_point_digits",
                fields=["digits"],
                opclasses=["gin_trgm_ops"],
                condition=Q(kind=PointKind.PHONE, ended_at__isnull=True),
            ),
        ]
