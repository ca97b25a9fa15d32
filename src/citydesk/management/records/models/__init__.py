"""Tables of records: candidates, legal holds, disposals; public-records requests and what is produced; emergencies."""

from citydesk.management.records.models.disposals import Disposal, DisposalItem
from citydesk.management.records.models.emergency import EmergencyNotice, EmergencyOpening
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
    "EmergencyNotice",
    "EmergencyOpening",
    "LegalHold",
    "Production",
    "RecordsExtension",
    "RecordsRequest",
    "Redaction",
    "ResponsiveRecord",
    "RetentionCandidate",
    "SeriesProgress",
]
