"""Chasing what is late, reminding of what is due, telling who was asked: by mail once, on open pages at once."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation

from citydesk.city.correspondence import queries as letters
from citydesk.city.correspondence import services as correspondence
from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.contact.problems.choices import (
    CHASE_EVERY,
    OBJECT_TYPE,
    OPEN_ACTIONS,
    REMIND_BEFORE,
    RESEARCH_TYPE,
    ResearchState,
)
from citydesk.contact.problems.models import Action, Research
from citydesk.kernel import audit, live
from citydesk.kernel.actors import SYSTEM
from citydesk.kernel.texts import date_words

ASKED, CHASED, REMINDED = "problem_asked", "problem_chased", "research_reminder"


def tell_asked(*, action_id: int, now: datetime) -> int:
    """Write to the department that was asked; returns how many people. The same request is told once."""
    return _tell_department(Action.objects.select_related("problem").get(pk=action_id), ASKED, "asked", now)


def chase_late(*, now: datetime) -> int:
    """Remind departments that are late, each again every seven days; returns how many requests were chased."""
    due = Action.objects.filter(state__in=OPEN_ACTIONS, due_at__lt=now)
    due = due.filter(Q(chased_at__isnull=True) | Q(chased_at__lte=now - CHASE_EVERY))
    return sum(_chase(one, now) for one in list(due.order_by("due_at").values_list("pk", flat=True)))


def _chase(action_id: int, now: datetime) -> bool:
    with transaction.atomic():
        rows = Action.objects.select_related("problem").select_for_update(of=("self",), skip_locked=True)
        action = rows.filter(pk=action_id, state__in=OPEN_ACTIONS).first()
        if action is None or (action.chased_at is not None and action.chased_at > now - CHASE_EVERY):
            return False
        action.chased_at, action.chase_count = now, action.chase_count + 1
        action.save(update_fields=["chased_at", "chase_count"])
        problem = action.problem
        act = audit.Act(
            "problems.action_chased", OBJECT_TYPE, problem.pk, problem.number, after={"n": action.chase_count}
        )
        audit.record(act, actor=SYSTEM, now=now)
        _tell_department(action, CHASED, f"chased:{action.chase_count}", now)
        return True


def remind_research(*, now: datetime) -> int:
    """Remind of research a day before it is due, and every seven days once it is late; returns how many."""
    due = Research.objects.filter(state=ResearchState.OPEN, due_at__lt=now + REMIND_BEFORE)
    due = due.filter(Q(reminded_at__isnull=True) | Q(reminded_at__lte=now - CHASE_EVERY))
    return sum(_remind(one, now) for one in list(due.order_by("due_at").values_list("pk", flat=True)))


def _remind(research_id: int, now: datetime) -> bool:
    with transaction.atomic():
        rows = Research.objects.select_for_update(skip_locked=True)
        row = rows.filter(pk=research_id, state=ResearchState.OPEN).first()
        if row is None or (row.reminded_at is not None and row.reminded_at > now - CHASE_EVERY):
            return False
        row.reminded_at, row.reminder_count = now, row.reminder_count + 1
        row.save(update_fields=["reminded_at", "reminder_count"])
        audit.record(audit.Act("problems.research_reminded", RESEARCH_TYPE, row.pk), actor=SYSTEM, now=now)
        tell_research(research_id=row.pk, to_user_id=row.assignee_id, happening=f"r{row.reminder_count}", now=now)
        return True


def tell_research(*, research_id: int, to_user_id: int, happening: str, now: datetime) -> None:
    """Tell one person of a task: it was given to them, is due, or was answered."""
    row = Research.objects.select_related("problem").get(pk=research_id)
    path = reverse("problems:research_task", args=[row.pk])
    number = row.request_number or (row.problem.number if row.problem else "")
    about = correspondence.About(RESEARCH_TYPE, row.pk, number)
    # The question may hold what was said in confidence between colleagues: it is read at the desk.
    _mail(
        [staff.get_user(to_user_id)], REMINDED, {"number": number, "text": ""}, row.due_at, path, about, happening, now
    )
    live.notify(f"user.{to_user_id}", {"kind": "research", "id": row.pk})


def _tell_department(action: Action, template: str, happening: str, now: datetime) -> int:
    problem = action.problem
    people = staff.people_with_role("department_lead", now, department_id=action.department_id)
    people = people or staff.people_with_role("supervisor", now)
    about = correspondence.About(OBJECT_TYPE, problem.pk, problem.number)
    path = reverse("problems:detail", args=[problem.number])
    fields = {"number": problem.number, "text": action.text}
    for one in people:
        live.notify(f"user.{one.id}", {"kind": "problem", "number": problem.number})
    return _mail(people, template, fields, action.due_at, path, about, f"{action.pk}:{happening}", now)


def _mail(
    people: Iterable[staff.Person],
    template: str,
    fields: dict[str, str],
    due_at: datetime,
    path: str,
    about: correspondence.About,
    happening: str,
    now: datetime,
) -> int:
    """Write to people of staff; a city without the template tells on the pages alone."""
    if not letters.templates_of(template, on=profile.city_today(now)):
        return 0
    count = 0
    for one in people:
        if not one.email or not one.is_active:
            continue
        language = one.language or "en"
        with translation.override(language):
            due = date_words(timezone.localtime(due_at, profile.local_zone()), "l j F")
        correspondence.send(
            template=template,
            language=language,
            channel="email",
            to=one.email,
            fields={**fields, "name": one.name, "due": due, "link": settings.SITE_URL + path},
            about=about,
            key=f"problems:{about.type}:{about.id}:{happening}:{one.id}",
            actor=SYSTEM,
            now=now,
        )
        count += 1
    return count
