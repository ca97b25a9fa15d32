from citydesk.contact.complaints.views.lists import complaint_list, figures_page
from citydesk.contact.complaints.views.one import act, detail, letter_paper
from citydesk.contact.complaints.views.opening import of_request, open_from_request

__all__ = [
    "act",
    "complaint_list",
    "detail",
    "figures_page",
    "letter_paper",
    "of_request",
    "open_from_request",
]
