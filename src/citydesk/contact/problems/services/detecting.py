"""The nightly look: what changed since the last one is counted by the profile's rules; detections are kept up to date.

Every step is a transaction of its own and moves the mark: a look that is killed goes on where it stopped, and looking
twice at the same changes finds the same.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction

from citydesk.city.customers.queries.canonical import canonical_many, families
from citydesk.city.profile import queries as profile
from citydesk.contact.problems.choices import SETTLED_AFTER, By, DetectionState, ProblemState
from citydesk.contact.problems.events import RecurrenceFound
from citydesk.contact.problems.models import AssetMark, Detection, DetectionReport, Problem, ProblemRequest, Watch
from citydesk.contact.problems.queries.policy import digest_of, recurrence_rules
from citydesk.contact.problems.rules.recurrence import (
    Found,
    Report,
    Rule,
    comes_back,
    common_key,
    hot_spots,
    recurrences,
)
from citydesk.contact.service_requests.queries import recurring
from citydesk.contact.service_requests.queries.recurring import Counted, Mark
from citydesk.kernel.outbox import publish

CHUNK = 5000
NAME = "recurrence"


@dataclass
class Look:
    """What a look did: requests seen, detections found for the first time, brought up to date, no longer holding."""

    seen: int = 0
    found: int = 0
    updated: int = 0
    gone: int = 0


def detect(*, now: datetime, chunk: int = CHUNK, most: int | None = None) -> Look:
    """Look at all requests recorded or changed since the last look (or at `most` of them) and keep the detections.

    Without rules nothing is looked at. Changed rules look at their whole windows anew.
    """
    look = Look()
    rules = recurrence_rules(profile.city_today(now))
    if not rules:
        return look
    while most is None or look.seen < most:
        if not _step(rules, now, chunk if most is None else min(chunk, most - look.seen), look):
            break
    look.gone += _let_go(now)
    return look


def _step(rules: list[Rule], now: datetime, chunk: int, look: Look) -> bool:
    """Look at the next changes; False when there are none, or somebody else is looking."""
    with transaction.atomic():
        Watch.objects.bulk_create([Watch(name=NAME)], ignore_conflicts=True)
        watch = Watch.objects.select_for_update(skip_locked=True).filter(name=NAME).first()
        if watch is None:
            return False
        changed, mark = recurring.changed_since(_mark(watch, rules, now), until=now - SETTLED_AFTER, limit=chunk)
        watch.looked_at, watch.rules_digest = now, digest_of(rules)
        if mark:
            watch.mark_at, watch.mark_id = mark
        watch.save()
        if not changed:
            return False
        look.seen += len(changed)
        changed = as_people(changed)
        _note_assets(rules, changed)
        for rule in rules:
            _apply(rule, changed, now, look)
        return True


def _mark(watch: Watch, rules: list[Rule], now: datetime) -> Mark:
    """Where to go on; from the begin of the longest window when there was no look by these rules."""
    first = now - timedelta(days=max(one.days for one in rules))
    if watch.mark_at is None or watch.rules_digest != digest_of(rules):
        return Mark(first, 0)
    return Mark(watch.mark_at, watch.mark_id)


def _note_assets(rules: list[Rule], changed: Sequence[Counted]) -> None:
    """Keep which assets the changed requests name, corrected ones anew."""
    marks = []
    for rule in (one for one in rules if one.by == By.ASSET):
        for row in changed:
            asset = asset_of((row.answers or {}).get(rule.question)) if rule.covers(row.service_code) else ""
            if asset:
                marks.append(
                    AssetMark(request_id=row.id, question=rule.question, asset=asset, received_at=row.received_at)
                )
    AssetMark.objects.filter(request_id__in=[row.id for row in changed]).delete()
    AssetMark.objects.bulk_create(marks, ignore_conflicts=True)


def asset_of(answer: object) -> str:
    """An answer as the name of an asset: capitals and signs do not make another pole."""
    return "".join(letter for letter in str(answer or "").upper() if letter.isalnum())[:80]


def _apply(rule: Rule, changed: Sequence[Counted], now: datetime, look: Look) -> None:
    touched = [row for row in changed if rule.covers(row.service_code)]
    if not touched:
        return
    if rule.by == By.CODE:
        for found in _spots(rule, touched, now):
            store(rule, found, now, look)
        return
    keys = {key for row in touched if (key := common_key(rule, report_of(rule, row)))}
    found_now = recurrences(rule, _candidates(rule, touched, now), keys=keys)
    for found in found_now:
        store(rule, found, now, look)
    held = {found.key for found in found_now}
    lost = Detection.objects.filter(rule_code=rule.code, key__in=keys - held, state=DetectionState.NEW)
    look.gone += lost.update(state=DetectionState.GONE, updated_at=now)


def _candidates(rule: Rule, touched: Sequence[Counted], now: datetime) -> list[Report]:
    """The requests of the window that share something with the changed ones."""
    since = rule.since(now)
    if rule.by == By.ASSET:
        assets = {one.asset for row in touched if (one := report_of(rule, row)).asset}
        marks = AssetMark.objects.filter(question=rule.question, asset__in=assets, received_at__gte=since)
        named = dict(marks.values_list("request_id", "asset"))
        return [_report(row, named[row.id]) for row in recurring.by_ids(list(named)) if rule.covers(row.service_code)]
    if rule.by == By.CUSTOMER:
        return [_report(row) for row in of_people(rule, {row.customer_id for row in touched if row.customer_id}, since)]
    ids = {row.address_id for row in touched if row.address_id}
    rows = recurring.at_addresses(ids, rule.codes, since=since, least=rule.count, is_same_code=rule.is_same_code)
    return [_report(row) for row in rows]


def of_people(rule: Rule, customer_ids: Collection[int], since: datetime) -> list[Counted]:
    """Requests of people under any of their ids, as the canonical customer's: no merge rewrites references."""
    known = families(customer_ids)
    alone = {root for root, ids in known.items() if len(ids) == 1}
    joined = {one for ids in known.values() if len(ids) > 1 for one in ids}

    def ask(ids: set[int], least: int) -> list[Counted]:
        return recurring.of_customers(ids, rule.codes, since=since, least=least, is_same_code=rule.is_same_code)

    return as_people([*ask(alone, rule.count), *ask(joined, 1)])


def as_people(rows: Sequence[Counted]) -> list[Counted]:
    """The requests with the customer each resolves to today."""
    today = canonical_many({row.customer_id for row in rows if row.customer_id})
    return [
        replace(row, customer_id=today.get(row.customer_id, row.customer_id)) if row.customer_id else row
        for row in rows
    ]


def _spots(rule: Rule, touched: Sequence[Counted], now: datetime) -> list[Found]:
    points = {(row.lat, row.lon) for row in touched if row.lat is not None and row.lon is not None}
    codes = rule.codes or sorted({row.service_code for row in touched})
    rows = recurring.near_points(
        [(lat, lon) for lat, lon in points if lat is not None and lon is not None],
        codes,
        # Twice the radius: who lies near a changed one may be the center of more.
        radius_m=2 * rule.radius_m,
        since=rule.since(now),
    )
    return hot_spots(rule, [_report(row) for row in as_people(rows)], around=[row.id for row in touched])


def report_of(rule: Rule, row: Counted) -> Report:
    """A request with the asset that a rule's question names."""
    return _report(row, asset_of((row.answers or {}).get(rule.question)) if rule.question else "")


def _report(row: Counted, asset: str = "") -> Report:
    return Report(
        row.id,
        row.number,
        row.service_code,
        row.received_at,
        row.address_id,
        row.customer_id,
        asset,
        row.lat,
        row.lon,
        row.place_label,
        row.department_id,
    )


def store(rule: Rule, found: Found, now: datetime, look: Look) -> None:
    """Make the detection or bring it up to date; one that was put aside comes back when it goes on."""
    row = _known(rule, found)
    is_first = row is None
    if row is None:
        row = Detection(rule_code=rule.code, key=found.key, found_at=now)
    was = (row.event_count, row.report_count, row.state) if not is_first else None
    _describe(row, rule, found, now)
    back = _is_back(row)
    if row.state == DetectionState.GONE or back:
        row.state, row.is_return = DetectionState.NEW, back
        row.problem = None
    row.save()
    _keep_reports(row, found)
    look.found += is_first
    look.updated += not is_first and was != (row.event_count, row.report_count, row.state)
    if is_first or back:
        publish(RecurrenceFound(row.pk, rule.code, rule.by, row.event_count), now=now)


def _known(rule: Rule, found: Found) -> Detection | None:
    """The detection this is: the same key; by code the one that shares most requests, for a busy place may shift."""
    rows = Detection.objects.select_for_update().filter(rule_code=rule.code)
    if rule.by != By.CODE:
        return rows.filter(key=found.key).first()
    shared = list(
        DetectionReport.objects.filter(detection__rule_code=rule.code, request_id__in=found.ids)
        .values_list("detection_id", flat=True)
        .order_by("detection_id")
    )
    best = max(dict.fromkeys(shared), key=shared.count, default=None)
    return rows.filter(pk=best).first() if best else rows.filter(key=found.key).first()


def _describe(row: Detection, rule: Rule, found: Found, now: datetime) -> None:
    last = found.reports[-1]
    row.rule_names, row.by, row.days, row.need = dict(rule.names), rule.by, rule.days, rule.count
    row.radius_m, row.gap_hours, row.question = rule.radius_m, rule.gap_hours, rule.question
    row.service_id = recurring.service_id_of(found.service_code)
    row.address_id = found.center.address_id if rule.by == By.ADDRESS else None
    row.customer_id = last.customer_id if rule.by == By.CUSTOMER else None
    row.asset = last.asset if rule.by == By.ASSET else ""
    row.place_label = "" if rule.by == By.CUSTOMER else found.center.place_label
    row.lat, row.lon = (None, None) if rule.by == By.CUSTOMER else (found.center.lat, found.center.lon)
    row.department_id = last.department_id
    row.event_count, row.report_count = found.events, len(found.reports)
    row.first_at, row.last_at, row.updated_at = found.reports[0].received_at, last.received_at, now


def _is_back(row: Detection) -> bool:
    """Whether something put aside is to be looked at again."""
    if row.state == DetectionState.DISMISSED:
        return comes_back(events=row.event_count, dismissed_at=row.dismissed_count, need=row.need)
    if row.state != DetectionState.LINKED or row.problem is None:
        return False
    problem = row.problem
    if problem.state != ProblemState.CLOSED or problem.closed_at is None:
        return False
    return comes_back(events=row.event_count, dismissed_at=row.dismissed_count, need=row.need)


def _keep_reports(row: Detection, found: Found) -> None:
    """The requests behind it as they are now; those of an open problem's recurrence belong to the problem, too."""
    DetectionReport.objects.filter(detection=row).exclude(request_id__in=found.ids).delete()
    DetectionReport.objects.bulk_create(
        [DetectionReport(detection=row, request_id=one.id, received_at=one.received_at) for one in found.reports],
        ignore_conflicts=True,
    )
    problem = row.problem
    if row.state != DetectionState.LINKED or problem is None or problem.state == ProblemState.CLOSED:
        return
    ProblemRequest.objects.bulk_create(
        [
            ProblemRequest(problem=problem, request_id=one.id, added_at=row.updated_at, added_by="", is_detected=True)
            for one in found.reports
        ],
        ignore_conflicts=True,
    )
    count = ProblemRequest.objects.filter(problem=problem).count()
    Problem.objects.filter(pk=problem.pk).update(request_count=count)


def _let_go(now: datetime) -> int:
    """Detections nobody looked at whose last report left the window hold no longer."""
    old = Detection.objects.filter(state=DetectionState.NEW, last_at__lt=now - timedelta(days=1))
    count = 0
    for days in old.values_list("days", flat=True).distinct().order_by("days"):
        passed = old.filter(days=days, last_at__lt=now - timedelta(days=days))
        count += passed.update(state=DetectionState.GONE, updated_at=now)
    return count
