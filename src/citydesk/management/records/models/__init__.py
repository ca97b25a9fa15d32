"""Tables of records: candidates, legal holds, disposals; public-records requests and what was produced."""

from citydesk.management.records.models.disposals import Disposal, DisposalItem
from citydesk.management.records.models.requests import (
    Production,
    RecordsExtension,
    RecordsRequest,
    Redaction,
    ResponsiveRecord,
)
from citydesk.management.records.models.retention import LegalHold, RetentionCandidate, SeriesProgress

__all__ = [
    "Disposal",
    "DisposalItem",
    "LegalHold",
    "Production",
    "RecordsExtension",
    "RecordsRequest",
    "Redaction",
    "ResponsiveRecord",
    "RetentionCandidate",
    "SeriesProgress",
]
