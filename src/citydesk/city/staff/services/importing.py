"""Offices of the transfer directory from another system's sheet. What the profile says of an office stands above it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from citydesk.city.profile import queries as profile
from citydesk.city.staff.models import Department, Office, OfficePerson, User
from citydesk.city.staff.rules import fold, search_text
from citydesk.city.staff.rules.imported_offices import OFFICE_FIELDS, OFFICE_NEEDED, ImportedOffice, read_office
from citydesk.kernel import audit
from citydesk.kernel.actors import Actor
from citydesk.kernel.destruction import Eraser, unreferenced
from citydesk.kernel.errors import CitydeskError, Conflict
from citydesk.kernel.imports.columns import BadRow, Mapped, text_of
from citydesk.kernel.imports.runs import New, Running, Tally, digest, running, trial
from citydesk.kernel.imports.sheets import Row, load_columns, rows_by
from citydesk.kernel.imports.undo import Used

KIND = "offices"
OBJECT_TYPE = "staff.office"
_KEPT = ("name", "names", "department_id", "subjects", "search_text", "phone", "mail", "address", "calendar_code",
         "after_hours", "emergency", "notes", "is_city", "hours", "is_active")  # fmt: skip


def import_offices(
    *,
    file: Path,
    source: str = "",
    columns: Mapping[str, str] | None = None,
    mapping: Path | None = None,
    language: str = "",
    is_dry: bool = False,
    actor: Actor,
    now: datetime,
    advance: Callable[[int], Any] = lambda _count: None,
) -> Tally:
    """Import a CSV or XLSX; texts are in `language` (default: the city's first). The same again adds nothing, a changed
    row changes the office. An office of the profile or of another source is a conflict, named with what differs.

    Raises `Invalid` for a file that cannot be read or lacks a column.
    """
    read = load_columns(mapping=mapping, fields=OFFICE_FIELDS, source=source, given=columns or {})
    result = Tally()
    rows = rows_by(file, read, needed=OFFICE_NEEDED, said=columns or {}, identifier="code")
    record: dict[str, Any] = {"kind": KIND, "source": read.source, "file": file, "options": {"mapping": read.name}}
    with running(**record, actor=actor, now=now, is_dry=is_dry, tally=result) as run:
        directory = _Directory(run, language or profile.city().languages[0], actor, now)
        for line, row in rows:
            result.read += 1
            directory.take(line, row, read)
            advance(1)
    return result


class _Directory:
    """One run over a file."""

    def __init__(self, run: Running, language: str, actor: Actor, now: datetime) -> None:
        self.run, self.language, self.actor, self.now = run, language, actor, now
        self.calendars = set(profile.entries("calendars", profile.city_today(now)))
        self.departments = {}
        for row in Department.objects.all():
            for name in (row.code, row.name, *row.names.values()):
                self.departments[fold(name).strip()] = row.code
        self.ids = dict(Department.objects.values_list("code", "pk"))
        self.users = {row.username: row for row in User.objects.filter(is_active=True)}

    def take(self, line: int, row: Row | BadRow, read: Mapped) -> None:
        if isinstance(row, BadRow):
            self.run.refuse(row)
            return
        try:
            one = read_office(read, row, calendars=self.calendars, departments=self.departments)
            with trial(self.run.is_dry):
                outcome = self._write(one)
            setattr(self.run.tally, outcome, getattr(self.run.tally, outcome) + 1)
        except CitydeskError as error:
            name = text_of(read, row, "office")[:80]
            self.run.refuse(BadRow(line, name, error.field or "", str(error.message)))

    def _write(self, one: ImportedOffice) -> str:
        """Write the office; returns the count it belongs to: added, changed or known."""
        values = self._values(one)
        office = Office.objects.select_for_update().filter(code=one.code).first()
        if office is not None and office.source != self.run.source:
            return self._compared(office, values)
        mark = digest(asdict(one))
        known = self.run.known([one.code]).get(one.code)
        if office is not None and known is not None and known.digest == mark:
            return "known"
        before = None if office is None else _as_it_was(office)
        if office is None:
            office = Office.objects.create(code=one.code, source=self.run.source, **values)
        else:
            Office.objects.filter(pk=office.pk).update(**values)
        self._name_people(office, one)
        after = {"source": self.run.source, "run": self.run.id}
        code = "staff.office_changed" if before else "staff.office_imported"
        act = audit.Act(code, OBJECT_TYPE, office.pk, one.code, before=before, after=after)
        audit.record(act, actor=self.actor, now=self.now)
        self.run.remember([New(one.code, OBJECT_TYPE, office.pk, mark, before)])
        return "changed" if before else "added"

    def _compared(self, office: Office, values: Mapping[str, Any]) -> str:
        """An office of the profile, or of another system: the same is known, another is a conflict."""
        differing = [name for name in ("name", "phone", "after_hours", "emergency", "calendar_code", "department_id")
                     if getattr(office, name) != values[name]]  # fmt: skip
        if not differing:
            return "known"
        whose = f"from {office.source}" if office.source else "in the city's profile (directory.toml)"
        names = ", ".join(one.removesuffix("_id").removesuffix("_code") for one in differing)
        raise Conflict(
            f"The office {office.code} is {whose} and differs: {names}. It is not overwritten.", field="code"
        )

    def _values(self, one: ImportedOffice) -> dict[str, Any]:
        names, subjects = {self.language: one.name}, {self.language: list(one.subjects)}
        return {
            "name": one.name,
            "names": names,
            "department_id": self.ids.get(one.department),
            "subjects": subjects,
            "search_text": search_text(names, subjects),
            "phone": one.phone,
            "mail": one.email,
            "address": one.address,
            "calendar_code": one.calendar,
            "hours": one.hours,
            "after_hours": one.after_hours,
            "emergency": one.emergency,
            "notes": {self.language: one.note} if one.note else {},
            "is_city": one.is_city,
            "is_active": True,
        }

    def _name_people(self, office: Office, one: ImportedOffice) -> None:
        """People in their order; a user name stands for the person who signs in with it."""
        OfficePerson.objects.filter(office=office).delete()
        rows = []
        for position, (name, phone) in enumerate(one.people):
            user = self.users.get(name.lower())
            shown, number = (user.name, phone or user.phone) if user else (name, phone)
            rows.append(OfficePerson(office=office, user=user, name=shown, phone=number, position=position))
        OfficePerson.objects.bulk_create(rows)


def _as_it_was(office: Office) -> dict[str, Any]:
    people = OfficePerson.objects.filter(office=office).order_by("position")
    rows = list(people.values("user_id", "name", "phone", "position", "weekdays"))
    return {**{name: getattr(office, name) for name in _KEPT}, "people": rows}


def used_offices(*, run: Any, items: Sequence[Any]) -> list[Used]:
    """Offices that the profile took over since, and new ones that another record names."""
    names = {one.object_id: one.external_id for one in items}
    rows = Office.objects.filter(pk__in=names)
    free = set(unreferenced(rows, apart_from=(OfficePerson,)).values_list("pk", flat=True))
    began = {one.object_id for one in items if one.before is None}
    found = []
    for key, code, source in rows.values_list("pk", "code", "source"):
        if source != run.source:
            found.append(Used(names[key], code, "the city's profile has it now"))
        elif key in began and key not in free:
            found.append(Used(names[key], code, "named by another record"))
    return found


def take_back_offices(*, run: Any, items: Sequence[Any], eraser: Eraser, actor: Actor, now: datetime) -> int:
    """Remove the offices that a run began, and give those it changed what they had before."""
    eraser.record(Office, [one.object_id for one in items if one.before is None])
    for one in items:
        if one.before is None:
            continue
        before = dict(one.before)
        people = before.pop("people", [])
        Office.objects.filter(pk=one.object_id).update(**before)
        OfficePerson.objects.filter(office_id=one.object_id).delete()
        OfficePerson.objects.bulk_create(OfficePerson(office_id=one.object_id, **person) for person in people)
    return len(items)
