"""The id that ties a request to its log lines, audit entries, jobs and mails."""

from contextvars import ContextVar

current_request_id: ContextVar[str] = ContextVar("current_request_id", default="")
