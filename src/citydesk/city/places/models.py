"""Streets, address points and dated districts: the city's own data, loaded from its profile."""

from datetime import date
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q


class MapToken(models.Model):
    """A random token per layer of map data; a process reloads what it keeps in memory when the token differs.

    Random and not counted up: a rolled-back load can then never leave a process with data nobody committed.
    """

    layer = models.CharField(max_length=20, primary_key=True)
    token = models.UUIDField()
    changed_at = models.DateTimeField()

    data_classes = {"*": "public"}


class Street(models.Model):
    """A street by its normalized name, once for the whole city, with its center lines where the city has them."""

    key = models.CharField(max_length=120, unique=True)
    name = models.CharField(max_length=120)
    base = models.CharField(max_length=100)
    aliases = ArrayField(models.CharField(max_length=120), default=list)
    # Key and aliases in one text, for the search while typing.
    search = models.CharField(max_length=400)
    # Center lines as [[[lon, lat], ...], ...] in WGS84; null where only address points are known.
    lines = models.JSONField(null=True)
    point_count = models.IntegerField(default=0)
    is_active = models.BooleanField(default=True)
    source = models.CharField(max_length=200, blank=True)
    as_of = models.DateField(null=True)
    is_sample = models.BooleanField(default=False)

    data_classes = {"*": "public"}

    class Meta:
        indexes = [
            GinIndex(name="places_street_base_like", fields=["base"], opclasses=["gin_trgm_ops"]),
            models.Index(name="places_street_base", fields=["base"]),
        ]


class Address(models.Model):
    """One of the city's own address points. `line` is as the city writes it, `key` as it is compared."""

    source_id = models.CharField(max_length=60, unique=True)
    line = models.CharField(max_length=160)
    key = models.CharField(max_length=160)
    number = models.IntegerField(null=True)
    number_suffix = models.CharField(max_length=12, blank=True)
    street = models.ForeignKey(Street, models.PROTECT, related_name="addresses")
    unit = models.CharField(max_length=40, blank=True)
    zip = models.CharField(max_length=10, blank=True)
    lat = models.DecimalField(max_digits=9, decimal_places=6)
    lon = models.DecimalField(max_digits=9, decimal_places=6)
    cell = models.BigIntegerField()
    is_active = models.BooleanField(default=True)
    source = models.CharField(max_length=200, blank=True)
    as_of = models.DateField(null=True)
    is_sample = models.BooleanField(default=False)

    data_classes = {"*": "public"}

    class Meta:
        indexes = [
            models.Index(name="places_address_on_street", fields=["street", "number", "unit"]),
            models.Index(name="places_address_key", fields=["key"], opclasses=["varchar_pattern_ops"]),
            models.Index(name="places_address_cell", fields=["cell"]),
        ]


class DistrictQuerySet(models.QuerySet["District"]):
    def in_force(self, on: date | None) -> Self:
        """Districts valid on a day; without a day those with no end yet."""
        return self.filter(valid__contains=on) if on else self.filter(valid__endswith__isnull=True)


class District(models.Model):
    """An area with a border, valid from one day to another. A redrawn border is a new row; the old one is closed."""

    kind = models.CharField(max_length=40)
    code = models.CharField(max_length=60)
    name = models.CharField(max_length=120)
    valid = DateRangeField()
    # GeoJSON Polygon or MultiPolygon in WGS84, longitude first.
    geometry = models.JSONField()
    facts = models.JSONField(default=dict)
    source = models.CharField(max_length=200, blank=True)
    as_of = models.DateField(null=True)
    is_sample = models.BooleanField(default=False)

    data_classes = {"*": "public"}
    objects = DistrictQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="places_district_one_border_a_day",
                expressions=[
                    ("kind", RangeOperators.EQUAL),
                    ("code", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(name="places_district_valid_not_empty", condition=Q(valid__isempty=False)),
        ]
