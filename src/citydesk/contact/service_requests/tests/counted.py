"""Requests straight into the tables, for whoever counts them: the real New York file, histories, a fact gone wrong."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from citydesk.contact.service_requests.models import RequestFact, RequestFactChange, ServiceCode, ServiceRequest

FILE = Path(__file__).resolve().parents[6] / "shared/data/311/nyc311_animals_2025q1_4969rows.csv"
ZONE = ZoneInfo("America/New_York")
CLOSED, NOW = "closed", datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def _at(text: str) -> datetime:
    return datetime.strptime(text, "%m/%d/%Y %H:%M").replace(tzinfo=ZONE)


def load_new_york() -> int:
    """Insert every row of the file and note it for counting; returns how many."""
    if not FILE.exists():
        message = f"{FILE} is missing"
        (pytest.fail if FILE.parents[2].exists() else pytest.skip)(message)
    with FILE.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    names = sorted({row["Complaint Type"] for row in rows})
    ServiceCode.objects.bulk_create(
        [
            ServiceCode(code=f"ny_{at}", name=name, names={"en": name}, is_from_profile=False, projected_at=NOW)
            for at, name in enumerate(names)
        ]
    )
    codes = {row.name: row for row in ServiceCode.objects.filter(is_from_profile=False)}
    made = ServiceRequest.objects.bulk_create([_request(row, codes) for row in rows], batch_size=1000)
    RequestFactChange.objects.bulk_create([RequestFactChange(request_id=one.pk) for one in made], batch_size=1000)
    return len(made)


def _request(row: dict[str, str], codes: dict[str, ServiceCode]) -> ServiceRequest:
    received = _at(row["Created Date"])
    closed = _at(row["Closed Date"]) if row["Closed Date"] else None
    return ServiceRequest(
        number=f"NY-{row['Unique Key']}",
        service=codes[row["Complaint Type"]],
        policy_date=received.date(),
        state=CLOSED if closed else "open",
        is_open=closed is None,
        close_reason="done" if closed else "",
        channel="import",
        received_at=received,
        recorded_at=received,
        updated_at=closed or received,
        closed_at=closed,
        public_token=f"ny-{row['Unique Key']}",
    )


def write_history(history: list[tuple[int, int, int | None, int]], *, start: datetime) -> None:
    """Requests as (code, day of receipt, seconds to close or None, returns); a later call changes the same ones."""
    codes = [
        ServiceCode.objects.get_or_create(code=f"c{n}", defaults={"name": f"c{n}", "projected_at": start})[0]
        for n in range(4)
    ]
    for number, (code, day, seconds, returns) in enumerate(history):
        received = start + timedelta(days=day)
        closed = received + timedelta(seconds=seconds) if seconds is not None else None
        row, _made = ServiceRequest.objects.update_or_create(
            number=f"H-{number}",
            defaults={
                "service": codes[code],
                "policy_date": received.date(),
                "received_at": received,
                "recorded_at": received,
                "updated_at": received,
                "return_count": returns,
                "public_token": f"h{number}",
                **_closing(closed),
            },
        )
        RequestFactChange.objects.create(request_id=row.pk)


def _closing(closed: datetime | None) -> dict[str, Any]:
    if closed is None:
        return {"closed_at": None, "is_open": True, "state": "open", "close_reason": ""}
    return {"closed_at": closed, "is_open": False, "state": CLOSED, "close_reason": "done"}


def change(request_id: int, **columns: Any) -> None:
    """Write columns of a request as no service would, and note it for counting."""
    ServiceRequest.objects.filter(pk=request_id).update(**columns)
    RequestFactChange.objects.create(request_id=request_id)


def close_plainly(request_id: int, at: datetime) -> None:
    """Close a request without clocks, messages or audit."""
    change(request_id, **_closing(at))


def spoil_fact(request_id: int) -> None:
    """A fact that no longer agrees with its sums."""
    set_fact(request_id, contact_count=5)


def set_fact(request_id: int, **values: Any) -> None:
    """A request's fact as it would be after acts that the test does not go through one by one."""
    RequestFact.objects.filter(request_id=request_id).update(**values)
