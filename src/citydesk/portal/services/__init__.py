"""What residents do: each one transaction over the rooms below."""

from citydesk.portal.services.joining import join_report
from citydesk.portal.services.reporting import SentReport, record_report, send_report, work_left_reports

__all__ = ["SentReport", "join_report", "record_report", "send_report", "work_left_reports"]
