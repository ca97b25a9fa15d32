import pgtrigger
from django.db import models
from django.db.models import Q

from citydesk.contact.work_orders.choices import PhotoKind
from citydesk.contact.work_orders.models.work_order import WorkOrder


class ChecklistItem(models.Model):
    """One thing to do or look at, in the city's languages; ticked by whom and when."""

    work_order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="checklist")
    position = models.PositiveSmallIntegerField()
    text = models.JSONField()  # language -> words
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=120, blank=True)

    data_classes = {"*": "internal"}

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["work_order", "position"], name="wo_checklist_position")]


class Line(models.Model):
    """What was spent on the work. A wrong line is taken back by a line of its own with the quantity negated."""

    work_order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="+")
    what = models.CharField(max_length=120)
    quantity = models.DecimalField(max_digits=9, decimal_places=2)
    unit_cost = models.DecimalField(max_digits=10, decimal_places=2, default=0)
    entered_at = models.DateTimeField()
    entered_by = models.CharField(max_length=120)

    class Meta:
        abstract = True
        ordering = ["id"]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class LaborLine(Line):
    """Hours worked by a person or a number of people; `quantity` is hours."""

    worked_on = models.DateField()

    data_classes = {"*": "internal", "what": "personal", "unit_cost": "money"}

    class Meta(Line.Meta):
        constraints = [models.CheckConstraint(condition=~Q(quantity=0), name="wo_labor_not_zero")]


class EquipmentLine(Line):
    """Hours a machine or vehicle was used; `quantity` is hours."""

    data_classes = {"*": "internal", "unit_cost": "money"}

    class Meta(Line.Meta):
        constraints = [models.CheckConstraint(condition=~Q(quantity=0), name="wo_equipment_not_zero")]


class MaterialLine(Line):
    """Material used: `quantity` in `unit`."""

    unit = models.CharField(max_length=20)

    data_classes = {"*": "internal", "unit_cost": "money"}

    class Meta(Line.Meta):
        constraints = [models.CheckConstraint(condition=~Q(quantity=0), name="wo_material_not_zero")]


class WorkPhoto(models.Model):
    """A photo the crew took."""

    work_order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="photos")
    file = models.ForeignKey("kernel.StoredFile", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6, choices=[(one.value, one.value) for one in PhotoKind])
    caption = models.CharField(max_length=160, blank=True)
    taken_at = models.DateTimeField()
    taken_by = models.CharField(max_length=120)

    data_classes = {"*": "internal", "file": "personal", "caption": "personal"}

    class Meta:
        ordering = ["id"]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
