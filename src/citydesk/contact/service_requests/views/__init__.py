"""Pages of the room."""

from citydesk.contact.service_requests.views.acts import act, move_panel, review_file
from citydesk.contact.service_requests.views.approvals import approvals, approved_export, propose_export
from citydesk.contact.service_requests.views.bulk import bulk, take_back
from citydesk.contact.service_requests.views.catalog import catalog, service_code
from citydesk.contact.service_requests.views.correcting import correct
from citydesk.contact.service_requests.views.detail import beside, detail, near, route
from citydesk.contact.service_requests.views.entry import entry
from citydesk.contact.service_requests.views.news import changed
from citydesk.contact.service_requests.views.notices import see_notice
from citydesk.contact.service_requests.views.photos import review_photo
from citydesk.contact.service_requests.views.printing import print_many, printed
from citydesk.contact.service_requests.views.promises import promises
from citydesk.contact.service_requests.views.queue import choose_columns, filter_queue, keep_view, owners, peek, queue
from citydesk.contact.service_requests.views.recompute import recompute, recomputes
from citydesk.contact.service_requests.views.reporter import reporter
from citydesk.contact.service_requests.views.supervised import coding, returns

__all__ = [
    "act",
    "approvals",
    "approved_export",
    "beside",
    "bulk",
    "catalog",
    "changed",
    "choose_columns",
    "coding",
    "correct",
    "detail",
    "entry",
    "filter_queue",
    "keep_view",
    "move_panel",
    "near",
    "owners",
    "peek",
    "print_many",
    "printed",
    "promises",
    "propose_export",
    "queue",
    "recompute",
    "recomputes",
    "reporter",
    "returns",
    "review_file",
    "review_photo",
    "route",
    "see_notice",
    "service_code",
    "take_back",
]
