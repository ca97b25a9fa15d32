"""Writing imported requests in batches by COPY: rows, history, keys to count. A batch is one transaction.

Imported requests are the past of another desk: no message is sent, no clock started, no district guessed, and a place
outside the city is kept as it was. A row already here (same source and identifier) is left as it is.
"""

import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from citydesk.city.customers import queries as customers
from citydesk.city.places.rules import cell_of
from citydesk.contact.service_requests.choices import OBJECT_TYPE, FollowerKind, RequestState
from citydesk.contact.service_requests.models import ServiceCode, ServiceRequest
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.rules.importing import ImportedRow, ImportMapping, slug
from citydesk.contact.service_requests.services.catalog import ensure_imported_code
from citydesk.contact.service_requests.services.facts import refresh_request_facts
from citydesk.contact.service_requests.services.importing.reading import read_rows
from citydesk.kernel.actors import Actor
from citydesk.kernel.detectors import mask_numbers
from citydesk.kernel.errors import Invalid
from citydesk.kernel.imports.columns import BadRow, fold
from citydesk.kernel.imports.runs import Running, Tally, running
from citydesk.kernel.numbering import format_number

BATCH = 5_000
KIND = "requests"
_COLUMNS = tuple(
    str(one.column)
    for one in ServiceRequest._meta.concrete_fields
    if not one.generated  # type: ignore[attr-defined]  # Field.generated is not in the stubs
)
AUDIT_COLUMNS = ("at", "code", "actor_kind", "actor_id", "actor_label", "object_type", "object_id", "object_label",
          "before", "after", "reason", "approver_id", "is_public", "request_id")  # fmt: skip
_FOLLOWER = ("request_id", "kind", "customer_id", "name", "channel", "to", "language", "is_active", "token", "added_at",
             "end_reason")  # fmt: skip


@dataclass
class ImportResult(Tally):
    """What an import did (or would do), with codes made and codes nobody knows."""

    created_codes: list[str] = field(default_factory=list)
    unknown_codes: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _Code:
    id: int
    code: str
    team_id: int | None
    department_id: int | None
    urgency: str
    is_confidential: bool = False


def import_requests(
    *,
    file: Path,
    mapping: ImportMapping,
    actor: Actor,
    now: datetime,
    create_codes: bool = False,
    is_dry: bool = False,
    is_strict: bool = False,
    advance: Callable[[int], Any] = lambda _count: None,
) -> ImportResult:
    """Import a file. Bad rows are left out and told with line and reason; with `is_strict` one of them refuses the
    whole file (it is read twice). With `is_dry` nothing is written. Codes nobody knows make a row bad unless
    `create_codes`. Every batch commits by itself, so an import that was broken off goes on when it is started again.

    Raises `Invalid` for a file that cannot be read or lacks a needed column.
    """
    if is_strict and not is_dry:
        checked = _run(file, mapping, actor, now, create_codes=create_codes, is_dry=True, advance=advance)
        if checked.bad:
            return _refused(checked, file, mapping, actor, now)
    result = _run(file, mapping, actor, now, create_codes=create_codes, is_dry=is_dry, advance=advance)
    if not is_dry:
        refresh_request_facts(now=now)
    result.is_refused = is_strict and result.bad > 0
    return result


def _run(
    file: Path,
    mapping: ImportMapping,
    actor: Actor,
    now: datetime,
    *,
    create_codes: bool,
    is_dry: bool,
    advance: Callable[[int], Any],
) -> ImportResult:
    result, rows = ImportResult(), read_rows(file, mapping)
    options = {"mapping": mapping.name, "create_codes": create_codes}
    record: dict[str, Any] = {"kind": KIND, "source": mapping.source, "file": file, "options": options}
    with running(**record, actor=actor, now=now, is_dry=is_dry, tally=result) as run:
        loader = RequestLoader(mapping, actor, now, run, result, create_codes=create_codes)
        while batch := list(islice(rows, BATCH)):
            loader.load(batch)
            advance(len(batch))
    return result


def _refused(checked: ImportResult, file: Path, mapping: ImportMapping, actor: Actor, now: datetime) -> ImportResult:
    """Put on record that a file was refused whole, and which rows were the reason."""
    told, checked.bad_rows, checked.bad = checked.bad_rows, [], 0
    options = {"mapping": mapping.name, "strict": True}
    record: dict[str, Any] = {"kind": KIND, "source": mapping.source, "file": file, "options": options}
    with running(**record, actor=actor, now=now, tally=checked) as run:
        for one in told:
            run.refuse(one)
        checked.is_refused, checked.added, checked.known = True, 0, 0
    return checked


class RequestLoader:
    """Loads batches of rows into the tables, within one run. In a dry run it checks them alone."""

    def __init__(
        self,
        mapping: ImportMapping,
        actor: Actor,
        now: datetime,
        run: Running,
        result: ImportResult,
        *,
        create_codes: bool,
    ) -> None:
        self.mapping, self.actor, self.now = mapping, actor, now
        self.create_codes, self.run, self.result = create_codes, run, result
        self.today = policy.today(now)
        self.codes: dict[str, _Code | None] = {}
        self.seen: set[str] = set()
        self.team = self._team()
        self.departments = {code: row.id for code, row in policy.departments_by_code().items()}

    def _team(self) -> Any:
        if not self.mapping.team:
            return None
        team = policy.teams_by_code().get(self.mapping.team)
        if team is None:
            raise Invalid(f"The mapping names the team {self.mapping.team}, which there is not.", field="team")
        return team

    def load(self, batch: Sequence[tuple[int, ImportedRow | BadRow]]) -> None:
        """Take a batch in one transaction; what is here already is left as it is."""
        self.result.read += len(batch)
        fresh: list[tuple[ImportedRow, _Code | None]] = []
        for line, row in batch:
            if isinstance(row, BadRow):
                self.run.refuse(row)
                continue
            if row.external_id in self.seen:
                self.result.known += 1
                continue
            self.seen.add(row.external_id)
            code = self._code(row.code)
            if code is None and not self.create_codes:
                self.result.unknown_codes[row.code] = self.result.unknown_codes.get(row.code, 0) + 1
                self.run.refuse(BadRow(line, row.external_id, "code", f"No service code is called {row.code!r}."))
                continue
            fresh.append((row, code))
        with transaction.atomic():
            wanted = self._new(fresh)
            self.result.added += len(wanted)
            if not self.run.is_dry and wanted:
                self._write([(row, code) for row, code in wanted if code is not None])
            self.run.flush()

    def _new(self, rows: list[tuple[ImportedRow, _Code | None]]) -> list[tuple[ImportedRow, _Code | None]]:
        """Those not here yet. Two imports of one source at a time wait for each other."""
        with connection.cursor() as cursor:
            if not self.run.is_dry:
                cursor.execute(
                    "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"import|{self.mapping.source}"]
                )
            cursor.execute(
                "SELECT external_id FROM service_requests_servicerequest WHERE source = %s AND external_id = ANY(%s)"
                " AND external_id <> ''",
                [self.mapping.source, [row.external_id for row, _code in rows]],
            )
            here = {found for (found,) in cursor.fetchall()}
        self.result.known += len(here)
        return [pair for pair in rows if pair[0].external_id not in here]

    def knows(self, name: str) -> bool:
        """Whether a word is a code of the catalog, by the mapping, code or name."""
        return self._known_code(fold(name), name) is not None

    def code_of(self, name: str) -> str:
        """The code a file's word stands for; the word's own form where the catalog does not know it."""
        known = self._code(name)
        return known.code if known is not None else slug(name)

    def _code(self, name: str) -> _Code | None:
        """The code a row's word means: by the mapping, by code, by name in any language, else made if asked for."""
        folded = fold(name)
        if folded not in self.codes:
            self.codes[folded] = self._known_code(folded, name) or self._made_code(name)
        return self.codes[folded]

    def _known_code(self, folded: str, name: str) -> _Code | None:
        rows = list(ServiceCode.objects.all())
        said = self.mapping.codes.get(folded)
        if said is not None and not any(row.code == said for row in rows):
            raise Invalid(f"The mapping turns {name} into {said}, which there is not.", field="codes")
        for row in rows:
            names = {fold(one) for one in (row.name, *row.names.values())}
            if row.code == said or (said is None and (row.code == slug(name) or folded in names)):
                return _Code(row.pk, row.code, row.team_id, row.department_id, row.urgency, row.is_confidential)
        return None

    def _made_code(self, name: str) -> _Code | None:
        if not self.create_codes:
            return None
        code = slug(name)
        if not code:
            raise Invalid(f"No code can be made from {name!r}.", field="code")
        self.result.created_codes.append(code)
        if self.run.is_dry:
            return None
        made = ensure_imported_code(code=code, name=name, actor=self.actor, now=self.now)
        return _Code(made, code, None, None, "normal")

    def _write(self, rows: list[tuple[ImportedRow, _Code]]) -> None:
        ids, numbers = self._identities(len(rows))
        people = self._people(rows)
        # Before the first COPY: while one runs, the connection answers nothing else.
        names = customers.labels(set(people.values())) if people else {}
        with connection.cursor() as cursor:
            copy_rows(cursor, "service_requests_servicerequest", _COLUMNS, self._requests(rows, ids, numbers, people))
            copy_rows(cursor, "kernel_auditentry", AUDIT_COLUMNS, self._acts(rows, ids, numbers))
            copy_rows(cursor, "service_requests_follower", _FOLLOWER, self._reporters(rows, ids, people, names))
            copy_rows(cursor, "service_requests_requestfactchange", ("request_id",), ((one,) for one in ids))

    def _identities(self, count: int) -> tuple[list[int], list[str]]:
        """Keys and numbers for a batch, in one statement."""
        year = self.today.year
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence('service_requests_servicerequest', 'id')),"
                " citydesk_next_number('SR', %s) FROM generate_series(1, %s)",
                [year, count],
            )
            pairs = cursor.fetchall()
        return [one for one, _serial in pairs], [format_number("SR", year, serial) for _one, serial in pairs]

    def _people(self, rows: Sequence[tuple[ImportedRow, _Code]]) -> dict[str, int]:
        """Customers that were imported before, by their identifier in the old system."""
        wanted = {row.customer for row, code in rows if row.customer and not code.is_confidential}
        return customers.ids_imported(source=self.mapping.customers, external_ids=wanted) if wanted else {}

    def _reporters(
        self,
        rows: Sequence[tuple[ImportedRow, _Code]],
        ids: Sequence[int],
        people: Mapping[str, int],
        names: Mapping[int, Any],
    ) -> Iterator[tuple[Any, ...]]:
        """Who reported, where that came over, too. They are written to when a clerk says how, not before."""
        for (row, code), identity in zip(rows, ids, strict=True):
            person = None if code.is_confidential else names.get(people.get(row.customer, 0))
            if person is not None:
                yield (identity, FollowerKind.REPORTER, people[row.customer], person.display_name[:160], "none", "",
                       person.language, True, secrets.token_urlsafe(24), self.now, "")  # fmt: skip

    def _requests(
        self,
        rows: Sequence[tuple[ImportedRow, _Code]],
        ids: Sequence[int],
        numbers: Sequence[str],
        people: Mapping[str, int],
    ) -> Iterator[list[Any]]:
        same = self._same()
        for (row, code), identity, number in zip(rows, ids, numbers, strict=True):
            # Who reported in confidence is not carried over: here that would stand apart and sealed.
            person = None if code.is_confidential else people.get(row.customer)
            known = {"customer_id": person, "is_anonymous": person is None, "id": identity, "number": number}
            values = {**same, **self._values(row, code), **known}
            yield [values[name] for name in _COLUMNS]

    def _same(self) -> dict[str, Any]:
        """Columns that are the same in every imported row: the model's defaults."""
        blank: dict[str, Any] = {}
        for one in ServiceRequest._meta.concrete_fields:
            if one.generated:  # type: ignore[attr-defined]  # Field.generated is not in the stubs
                continue
            usual = one.get_default()
            blank[str(one.column)] = json.dumps(usual) if isinstance(usual, dict) else usual
        return {
            **blank,
            "policy_date": self.today,
            "recorded_at": self.now,
            "source": self.mapping.source,
            "public_text_state": "none",
        }

    def _values(self, row: ImportedRow, code: _Code) -> dict[str, Any]:
        is_closed = row.state == RequestState.CLOSED
        has_point = row.lat is not None and row.lon is not None
        return {
            "service_id": code.id,
            "state": row.state,
            "is_open": not is_closed,
            "close_reason": row.close_reason,
            "is_confidential": code.is_confidential,
            "closed_at": row.closed_at,
            "channel": row.channel,
            "received_at": row.received_at,
            "updated_at": row.updated_at,
            "due_at": row.due_at,
            "external_id": row.external_id,
            "description": mask_numbers(row.description).text,
            "status_text": row.status_text,
            "urgency": code.urgency,
            "place_kind": "point" if has_point else "described" if row.place_label else "",
            "place_label": row.place_label,
            "place_detail": row.place_detail,
            "block_label": row.block_label,
            "lat": row.lat,
            "lon": row.lon,
            "cell": cell_of(row.lat, row.lon) if has_point else None,  # type: ignore[arg-type]  # has_point says so
            "zip": row.zip,
            "team_id": self.team.id if self.team else code.team_id,
            "department_id": self._department(row, code),
            "public_token": secrets.token_urlsafe(24),
        }

    def _department(self, row: ImportedRow, code: _Code) -> int | None:
        if row.department in self.departments:
            return self.departments[row.department]
        return self.team.department_id if self.team else code.department_id

    def _acts(
        self, rows: Sequence[tuple[ImportedRow, _Code]], ids: Sequence[int], numbers: Sequence[str]
    ) -> Iterator[tuple[Any, ...]]:
        """The history's first entry of each."""
        kind, who, label = self.actor.kind.value, self.actor.id, self.actor.label[:120]
        for (row, _code), identity, number in zip(rows, ids, numbers, strict=True):
            came = {"source": self.mapping.source, "external_id": row.external_id, "run": self.run.id}
            after = json.dumps(came)
            yield (self.now, "service_requests.imported", kind, who, label, OBJECT_TYPE, identity, number,
                   None, after, "", None, False, "")  # fmt: skip


def copy_rows(cursor: Any, table: str, columns: Sequence[str], rows: Any) -> None:
    """Write rows by COPY."""
    names = ", ".join(f'"{one}"' for one in columns)
    with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)
