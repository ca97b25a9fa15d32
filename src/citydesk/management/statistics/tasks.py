"""Scheduled work: facts every minute, the comparison every night; printing."""

from citydesk.kernel.charts_engine import render_svg
from citydesk.kernel.clock import utc_now
from citydesk.kernel.documents import render_pdf
from citydesk.kernel.jobs import job, periodic
from citydesk.management.statistics import services


@periodic("statistics.refresh_facts", "* * * * *")
def refresh_facts() -> None:
    """Ask every room to bring its facts up to date, and note how fresh they are."""
    services.refresh_facts(now=utc_now())


@periodic("statistics.compare_facts", "20 7 * * *")
def compare_facts() -> None:
    """Compare sums with facts, in the small hours of every American city."""
    services.compare_facts(now=utc_now())


@job("statistics.draw_report", queue="default")
def draw_report(*, report_id: int) -> None:
    """Draw a printed report."""
    services.draw_report(report_id=report_id, draw=render_svg, render=render_pdf, now=utc_now())
