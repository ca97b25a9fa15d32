"""The real New York file as requests, straight into the tables: for counting, not for working on."""

import csv
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from citydesk.contact.service_requests.models import RequestFactChange, ServiceCode, ServiceRequest

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
