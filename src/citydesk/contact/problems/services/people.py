"""Two customers became one, or one became two again: what recurs with them is counted anew, at once.

No request changes when customers are merged, so the nightly look would not see it.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime

from django.db import transaction

from citydesk.city.customers.queries.canonical import families
from citydesk.city.profile import queries as profile
from citydesk.contact.problems.choices import By, DetectionState
from citydesk.contact.problems.models import Detection, Problem, ProblemRequest
from citydesk.contact.problems.queries.policy import recurrence_rules
from citydesk.contact.problems.rules.recurrence import Rule, common_key, recurrences
from citydesk.contact.problems.services.detecting import Look, of_people, report_of, store
from citydesk.contact.service_requests.queries import recurring

_EVER = datetime(1970, 1, 1, tzinfo=UTC)


def recount_people(*, customer_ids: Collection[int], now: datetime) -> Look:
    """Count anew what recurs with these customers as they are today; doing it again changes nothing.

    What was found for one that is merged now belongs to the one they are, with what was decided of it. What was found
    for both together and no longer holds is gone, unless somebody decided it: then it counts what is left.
    """
    look = Look()
    with transaction.atomic():
        known = families(customer_ids)
        for rule in recurrence_rules(profile.city_today(now)):
            if rule.by == By.CUSTOMER:
                _recount(rule, known, now, look)
        for ids in known.values():
            _let_others_go(ids)
    return look


def _recount(rule: Rule, known: dict[int, list[int]], now: datetime, look: Look) -> None:
    _follow(rule, known)
    reports = [report_of(rule, row) for row in of_people(replace(rule, count=1), list(known), rule.since(now))]
    held = Detection.objects.filter(rule_code=rule.code, customer_id__in=list(known))
    keys = {common_key(rule, one) for one in reports} | set(held.values_list("key", flat=True))
    decided = set(held.exclude(state__in=(DetectionState.NEW, DetectionState.GONE)).values_list("key", flat=True))
    kept = set()
    for found in recurrences(replace(rule, count=1), reports, keys=keys):
        if found.events >= rule.count or found.key in decided:
            store(rule, found, now, look)
            kept.add(found.key)
    lost = held.filter(key__in=keys - kept, state=DetectionState.NEW)
    look.gone += lost.update(state=DetectionState.GONE, updated_at=now)


def _follow(rule: Rule, known: dict[int, list[int]]) -> None:
    """What was found under a merged id stands under the canonical one, unless that one has its own already.

    What a problem was opened from goes with the person of the problem, also back again.
    """
    root_of = {one: root for root, ids in known.items() for one in ids}
    rows = Detection.objects.filter(rule_code=rule.code, customer_id__in=list(root_of)).select_related("problem")
    found = list(rows.order_by("pk"))
    taken = {row.key for row in found}
    for row in found:
        person = row.problem.customer_id if row.problem is not None else None
        root = root_of.get(person or row.customer_id or 0) or root_of[row.customer_id or 0]
        key = f"{root}:{row.key.partition(':')[2]}"
        if key == row.key:
            continue
        if key not in taken:
            taken = (taken - {row.key}) | {key}
            row.key, row.customer_id = key, root
        elif row.state == DetectionState.NEW:
            row.state = DetectionState.GONE
        row.save(update_fields=["key", "customer", "state"])


def _let_others_go(ids: list[int]) -> None:
    """Requests a recurrence brought into a problem of this person leave it when they are another person's again."""
    for problem in Problem.objects.filter(by=By.CUSTOMER, customer_id__in=ids, closed_at__isnull=True):
        brought = ProblemRequest.objects.filter(problem=problem, is_detected=True)
        linked = set(brought.values_list("request_id", flat=True))
        theirs = {one.id for one in recurring.count_same(since=_EVER, request_ids=linked, customer_ids=ids)}
        if linked - theirs:
            brought.filter(request_id__in=linked - theirs).delete()
            count = ProblemRequest.objects.filter(problem=problem).count()
            Problem.objects.filter(pk=problem.pk).update(request_count=count)
