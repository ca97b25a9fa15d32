from citydesk.kernel.models.audit import AuditEntry, AuditSeal, ReadEntry
from citydesk.kernel.models.events import HandledEvent
from citydesk.kernel.models.idempotency import IdempotentAct

__all__ = ["AuditEntry", "AuditSeal", "HandledEvent", "IdempotentAct", "ReadEntry"]
