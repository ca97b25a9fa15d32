"""Handing the values in force today to the rooms that keep tables of their own."""

from collections.abc import Mapping
from datetime import date, datetime
from graphlib import CycleError, TopologicalSorter
from typing import Any

from django.db import transaction

from citydesk.city.profile.events import ProfileCameIntoForce
from citydesk.city.profile.models import ProfileState
from citydesk.city.profile.queries import refresh, snapshot
from citydesk.kernel.actors import Actor
from citydesk.kernel.outbox import publish
from citydesk.kernel.registries import ProfileSection, load_dotted, registries


def sections_in_order() -> list[ProfileSection]:
    """Sections so that each comes after those it names in `after`. `ValueError` for a circle."""
    sections = registries.profile_sections
    graph = {code: [one for one in section.after if one in sections] for code, section in sections.items()}
    try:
        return [sections[code] for code in TopologicalSorter(graph).static_order()]
    except CycleError as error:
        raise ValueError(f"profile sections wait for each other: {error.args[1]}") from error


def project_sections(*, on: date, actor: Actor, now: datetime, bulk: Mapping[tuple[str, str], Any]) -> None:
    """Call each section's `project` with the entries in force on a day, in the running transaction."""
    whole = snapshot()
    for section in sections_in_order():
        if not section.project:
            continue
        entries = {code: dict(body) for code, body in whole.entries(section.code, on).items()}
        for code, body in entries.items():
            if (section.code, code) in bulk:
                body["bulk"] = bulk[section.code, code]
        load_dotted(section.project)(entries=entries, actor=actor, now=now)


@transaction.atomic
def bring_into_force(*, on: date, actor: Actor, now: datetime) -> list[tuple[str, str]]:
    """A new day has begun: mirror what changed with it. Returns the (section, code) pairs that changed; idempotent."""
    state = ProfileState.objects.select_for_update().filter(id=1).first()
    if state is None or state.in_force_on >= on:
        return []
    refresh()
    whole = snapshot()
    changed = [
        (section, code)
        for section in whole.sections()
        for code in sorted({*whole.entries(section, on), *whole.entries(section, state.in_force_on)})
        if whole.entries(section, on).get(code) != whole.entries(section, state.in_force_on).get(code)
    ]
    ProfileState.objects.filter(id=1).update(in_force_on=on)
    refresh()
    if changed:
        project_sections(on=on, actor=actor, now=now, bulk={})
        publish(ProfileCameIntoForce(on=on.isoformat(), changed=[list(one) for one in changed]), now=now)
    transaction.on_commit(refresh)
    return changed
