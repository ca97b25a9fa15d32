"""The report, the records behind its figures, its files, its measures."""

from citydesk.management.statistics.views.behind import contacts, records
from citydesk.management.statistics.views.first_contact import first_contact
from citydesk.management.statistics.views.peers import peers, peers_chart
from citydesk.management.statistics.views.printing import print_out, printing
from citydesk.management.statistics.views.report import chart, drop_view, keep_view, measure, measures, report, table

__all__ = [
    "chart",
    "contacts",
    "drop_view",
    "first_contact",
    "keep_view",
    "measure",
    "measures",
    "peers",
    "peers_chart",
    "print_out",
    "printing",
    "records",
    "report",
    "table",
]
