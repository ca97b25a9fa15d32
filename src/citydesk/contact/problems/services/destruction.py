"""What this room keeps about requests that are destroyed, and closed problems whose own retention has ended."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Count

from citydesk.city.correspondence.services.destruction import destroy_messages_about
from citydesk.contact.problems.choices import DETECTION_TYPE, OBJECT_TYPE, RESEARCH_TYPE, ProblemState
from citydesk.contact.problems.models import (
    AssetMark,
    Detection,
    DetectionReport,
    Problem,
    ProblemRequest,
    Research,
)
from citydesk.kernel.destruction import Eraser


def destroy_of_requests(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy the links to requests and the research about them; recurrences that have no request left go, too.

    Problems stay: they are records of their own, and their counts name nobody.
    """
    with transaction.atomic():
        keys = list(ids)
        links = ProblemRequest.objects.filter(request_id__in=keys)
        touched = list(links.values_list("problem_id", flat=True).distinct())
        eraser.delete(links)
        eraser.delete(AssetMark.objects.filter(request_id__in=keys))
        found = list(
            DetectionReport.objects.filter(request_id__in=keys).values_list("detection_id", flat=True).distinct()
        )
        eraser.delete(DetectionReport.objects.filter(request_id__in=keys))
        empty = Detection.objects.filter(pk__in=found).annotate(left=Count("reports")).filter(left=0)
        _destroy_detections(list(empty.values_list("pk", flat=True)), eraser)
        _destroy_research(list(Research.objects.filter(request_id__in=keys).values_list("pk", flat=True)), eraser, now)
        for problem_id in touched:
            count = ProblemRequest.objects.filter(problem_id=problem_id).count()
            Problem.objects.filter(pk=problem_id).update(request_count=count)


def destroy_problems(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy closed problems under a signed disposal: requests' links, actions, research, recurrences, letters."""
    with transaction.atomic():
        keys = list(Problem.objects.filter(pk__in=list(ids), state=ProblemState.CLOSED).values_list("pk", flat=True))
        _destroy_research(list(Research.objects.filter(problem_id__in=keys).values_list("pk", flat=True)), eraser, now)
        _destroy_detections(list(Detection.objects.filter(problem_id__in=keys).values_list("pk", flat=True)), eraser)
        destroy_messages_about(about_type=OBJECT_TYPE, ids=keys, eraser=eraser, now=now)
        eraser.record(Problem, keys)
        eraser.history(OBJECT_TYPE, keys)


def _destroy_detections(ids: list[int], eraser: Eraser) -> None:
    eraser.record(Detection, ids)
    eraser.history(DETECTION_TYPE, ids)


def _destroy_research(ids: list[int], eraser: Eraser, now: datetime) -> None:
    destroy_messages_about(about_type=RESEARCH_TYPE, ids=ids, eraser=eraser, now=now)
    eraser.record(Research, ids)
    eraser.history(RESEARCH_TYPE, ids)
