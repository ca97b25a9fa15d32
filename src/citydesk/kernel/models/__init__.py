from citydesk.kernel.models.audit import AuditEntry, AuditErasure, AuditSeal, Destruction, ReadEntry
from citydesk.kernel.models.files import StoredFile
from citydesk.kernel.models.handled import HandledEvent
from citydesk.kernel.models.idempotency import IdempotentAct
from citydesk.kernel.models.imports import ImportedItem, ImportRefusal, ImportRun
from citydesk.kernel.models.lists import SavedView
from citydesk.kernel.models.practice import PracticeMark
from citydesk.kernel.models.throttle import ThrottleBucket

__all__ = [
    "AuditEntry",
    "AuditErasure",
    "AuditSeal",
    "Destruction",
    "HandledEvent",
    "IdempotentAct",
    "ImportRefusal",
    "ImportRun",
    "ImportedItem",
    "PracticeMark",
    "ReadEntry",
    "SavedView",
    "StoredFile",
    "ThrottleBucket",
]
