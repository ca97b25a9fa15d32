"""Writing imported requests in batches by COPY: rows, history, keys to count. A batch is one transaction.

Imported requests are the past of another desk: no message is sent, no clock started, no district guessed, and a place
outside the city is kept as it was. A row already here (same source and identifier) is left as it is.
"""

import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from citydesk.city.places.rules import cell_of
from citydesk.contact.service_requests.choices import OBJECT_TYPE, RequestState
from citydesk.contact.service_requests.models import ServiceCode, ServiceRequest
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.rules.importing import ImportedRow, ImportMapping, fold, slug
from citydesk.contact.service_requests.services.catalog import ensure_imported_code
from citydesk.contact.service_requests.services.facts import refresh_request_facts
from citydesk.contact.service_requests.services.importing.reading import BadRow, read_rows
from citydesk.kernel.actors import Actor
from citydesk.kernel.detectors import mask_numbers
from citydesk.kernel.errors import Invalid
from citydesk.kernel.numbering import format_number

BATCH = 5_000
# So many bad rows are told one by one; all are counted.
MOST_TOLD = 1_000
_COLUMNS = tuple(
    str(one.column)
    for one in ServiceRequest._meta.concrete_fields
    if not one.generated  # type: ignore[attr-defined]
)
_AUDIT = ("at", "code", "actor_kind", "actor_id", "actor_label", "object_type", "object_id", "object_label",
          "before", "after", "reason", "approver_id", "is_public", "request_id")  # fmt: skip


@dataclass
class ImportResult:
    """What an import did (or would do): rows read, added, already there, bad; codes made; the first bad rows."""

    read: int = 0
    added: int = 0
    known: int = 0
    bad: int = 0
    created_codes: list[str] = field(default_factory=list)
    unknown_codes: dict[str, int] = field(default_factory=dict)
    bad_rows: list[BadRow] = field(default_factory=list)
    is_dry: bool = False
    is_refused: bool = False


@dataclass(frozen=True)
class _Code:
    id: int
    code: str
    team_id: int | None
    department_id: int | None
    urgency: str


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
    if is_strict or is_dry:
        result = _Import(mapping, actor, now, create_codes, is_writing=False).run(file, advance)
        result.is_refused = is_strict and result.bad > 0
        if is_dry or result.is_refused:
            return result
    result = _Import(mapping, actor, now, create_codes, is_writing=True).run(file, advance)
    refresh_request_facts(now=now)
    return result


class _Import:
    """One run over a file."""

    def __init__(
        self, mapping: ImportMapping, actor: Actor, now: datetime, create_codes: bool, *, is_writing: bool
    ) -> None:
        self.mapping, self.actor, self.now = mapping, actor, now
        self.create_codes, self.is_writing = create_codes, is_writing
        self.result = ImportResult(is_dry=not is_writing)
        self.today = policy.today(now)
        self.codes: dict[str, _Code | None] = {}
        self.seen: set[str] = set()
        self.team = self._team()
        self.departments = {code: row.id for code, row in policy.departments_by_code().items()}

    def run(self, file: Path, advance: Callable[[int], Any]) -> ImportResult:
        rows = read_rows(file, self.mapping)
        while batch := list(islice(rows, BATCH)):
            self._batch(batch)
            advance(len(batch))
        return self.result

    def _team(self) -> Any:
        if not self.mapping.team:
            return None
        team = policy.teams_by_code().get(self.mapping.team)
        if team is None:
            raise Invalid(f"The mapping names the team {self.mapping.team}, which there is not.", field="team")
        return team

    def _batch(self, batch: Sequence[tuple[int, ImportedRow | BadRow]]) -> None:
        self.result.read += len(batch)
        fresh: list[tuple[ImportedRow, _Code | None]] = []
        for line, row in batch:
            if isinstance(row, BadRow):
                self._refuse(row)
                continue
            if row.external_id in self.seen:
                self.result.known += 1
                continue
            self.seen.add(row.external_id)
            code = self._code(row.code)
            if code is None and not self.create_codes:
                self.result.unknown_codes[row.code] = self.result.unknown_codes.get(row.code, 0) + 1
                self._refuse(BadRow(line, row.external_id, "code", f"No service code is called {row.code!r}."))
                continue
            fresh.append((row, code))
        with transaction.atomic():
            wanted = self._new(fresh)
            self.result.added += len(wanted)
            if self.is_writing and wanted:
                self._write([(row, code) for row, code in wanted if code is not None])

    def _refuse(self, row: BadRow) -> None:
        self.result.bad += 1
        if len(self.result.bad_rows) < MOST_TOLD:
            self.result.bad_rows.append(row)

    def _new(self, rows: list[tuple[ImportedRow, _Code | None]]) -> list[tuple[ImportedRow, _Code | None]]:
        """Those not here yet. Two imports of one source at a time wait for each other."""
        with connection.cursor() as cursor:
            if self.is_writing:
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
                return _Code(row.pk, row.code, row.team_id, row.department_id, row.urgency)
        return None

    def _made_code(self, name: str) -> _Code | None:
        if not self.create_codes:
            return None
        code = slug(name)
        if not code:
            raise Invalid(f"No code can be made from {name!r}.", field="code")
        self.result.created_codes.append(code)
        if not self.is_writing:
            return None
        made = ensure_imported_code(code=code, name=name, actor=self.actor, now=self.now)
        return _Code(made, code, None, None, "normal")

    def _write(self, rows: list[tuple[ImportedRow, _Code]]) -> None:
        ids, numbers = self._identities(len(rows))
        with connection.cursor() as cursor:
            _copy(cursor, "service_requests_servicerequest", _COLUMNS, self._requests(rows, ids, numbers))
            _copy(cursor, "kernel_auditentry", _AUDIT, self._acts(rows, ids, numbers))
            _copy(cursor, "service_requests_requestfactchange", ("request_id",), ((one,) for one in ids))

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

    def _requests(
        self, rows: Sequence[tuple[ImportedRow, _Code]], ids: Sequence[int], numbers: Sequence[str]
    ) -> Iterator[list[Any]]:
        same = self._same()
        for (row, code), identity, number in zip(rows, ids, numbers, strict=True):
            values = {**same, **self._values(row, code), "id": identity, "number": number}
            yield [values[name] for name in _COLUMNS]

    def _same(self) -> dict[str, Any]:
        """Columns that are the same in every imported row: the model's defaults."""
        blank: dict[str, Any] = {}
        for one in ServiceRequest._meta.concrete_fields:
            if one.generated:  # type: ignore[attr-defined]
                continue
            usual = one.get_default()
            blank[str(one.column)] = json.dumps(usual) if isinstance(usual, dict) else usual
        return {
            **blank,
            "policy_date": self.today,
            "recorded_at": self.now,
            "source": self.mapping.source,
            "is_anonymous": True,
            "public_text_state": "none",
        }

    def _values(self, row: ImportedRow, code: _Code) -> dict[str, Any]:
        is_closed = row.state == RequestState.CLOSED
        has_point = row.lat is not None and row.lon is not None
        return {
            "service_id": code.id,
            "state": row.state,
            "is_open": not is_closed,
            "close_reason": self.mapping.close_reason if is_closed else "",
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
            "cell": cell_of(row.lat, row.lon) if has_point else None,  # type: ignore[arg-type]
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
            after = json.dumps({"source": self.mapping.source, "external_id": row.external_id})
            yield (self.now, "service_requests.imported", kind, who, label, OBJECT_TYPE, identity, number,
                   None, after, "", None, False, "")  # fmt: skip


def _copy(cursor: Any, table: str, columns: Sequence[str], rows: Any) -> None:
    names = ", ".join(f'"{one}"' for one in columns)
    with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)
