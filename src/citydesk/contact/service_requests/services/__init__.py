"""Commands of the service requests. Each is one use case and one transaction."""

from citydesk.contact.service_requests.services.approvals import Many, decide_many, do_many, propose_many
from citydesk.contact.service_requests.services.bulk import (
    BulkResult,
    assign_many,
    close_many,
    hold_many,
    join_many,
    make_work_orders,
    move_owned,
    take_many,
)
from citydesk.contact.service_requests.services.catalog import ensure_imported_code, project_services
from citydesk.contact.service_requests.services.closing import (
    close,
    reopen,
    reopen_by_resident,
    withdraw_by_resident,
)
from citydesk.contact.service_requests.services.confidential import (
    PublicStatus,
    check_code_word,
    make_confidential,
    open_reporter,
)
from citydesk.contact.service_requests.services.corrections import Correction, correct, correct_customer
from citydesk.contact.service_requests.services.entry import draw_entry_sample, verify_entry
from citydesk.contact.service_requests.services.escalations import escalate_due
from citydesk.contact.service_requests.services.facts import refresh_request_facts
from citydesk.contact.service_requests.services.family import link_part, unlink_part
from citydesk.contact.service_requests.services.held import refuse_held, release_held
from citydesk.contact.service_requests.services.intake import (
    Person,
    RecordedRequest,
    RequestIntake,
    record_request,
)
from citydesk.contact.service_requests.services.joining import merge_duplicate
from citydesk.contact.service_requests.services.messages import (
    note_text,
    tell_closed,
    tell_family,
    tell_people,
    tracking_link,
)
from citydesk.contact.service_requests.services.notices import mail_notices, see_notice
from citydesk.contact.service_requests.services.pausing import (
    answer_by_resident,
    end_overdue_holds,
    hold,
    refer,
    referral_back,
    resume,
    wait_for_resident,
)
from citydesk.contact.service_requests.services.people import (
    change_reach,
    follow,
    me_too,
    tell_status,
    unfollow,
    unfollow_by_token,
)
from citydesk.contact.service_requests.services.promises import count_promises
from citydesk.contact.service_requests.services.recompute import (
    MOST_AT_ONCE,
    ask_recompute,
    decide_recompute,
    preview,
    propose_counted,
    propose_recompute,
    stop_recompute,
)
from citydesk.contact.service_requests.services.recomputing import work_recompute
from citydesk.contact.service_requests.services.relinking import relink_contact
from citydesk.contact.service_requests.services.returns import rule_on_return
from citydesk.contact.service_requests.services.undoing import Undone, undo_many
from citydesk.contact.service_requests.services.work import (
    accept,
    assign,
    made_safe,
    return_request,
    start,
    take_it,
)
from citydesk.contact.service_requests.services.work_orders import (
    make_work_order,
    work_cancelled,
    work_ended,
    work_reopened,
    work_started,
)
from citydesk.contact.service_requests.services.writing import add_file, add_note, review_file, set_public_text

__all__ = [
    "MOST_AT_ONCE",
    "BulkResult",
    "Correction",
    "Many",
    "Person",
    "PublicStatus",
    "RecordedRequest",
    "RequestIntake",
    "Undone",
    "accept",
    "add_file",
    "add_note",
    "answer_by_resident",
    "ask_recompute",
    "assign",
    "assign_many",
    "change_reach",
    "check_code_word",
    "close",
    "close_many",
    "correct",
    "correct_customer",
    "count_promises",
    "decide_many",
    "decide_recompute",
    "do_many",
    "draw_entry_sample",
    "end_overdue_holds",
    "ensure_imported_code",
    "escalate_due",
    "follow",
    "hold",
    "hold_many",
    "join_many",
    "link_part",
    "made_safe",
    "mail_notices",
    "make_confidential",
    "make_work_order",
    "make_work_orders",
    "me_too",
    "merge_duplicate",
    "move_owned",
    "note_text",
    "open_reporter",
    "preview",
    "project_services",
    "propose_counted",
    "propose_many",
    "propose_recompute",
    "record_request",
    "refer",
    "referral_back",
    "refresh_request_facts",
    "refuse_held",
    "release_held",
    "relink_contact",
    "reopen",
    "reopen_by_resident",
    "resume",
    "return_request",
    "review_file",
    "rule_on_return",
    "see_notice",
    "set_public_text",
    "start",
    "stop_recompute",
    "take_it",
    "take_many",
    "tell_closed",
    "tell_family",
    "tell_people",
    "tell_status",
    "tracking_link",
    "undo_many",
    "unfollow",
    "unfollow_by_token",
    "unlink_part",
    "verify_entry",
    "wait_for_resident",
    "withdraw_by_resident",
    "work_cancelled",
    "work_ended",
    "work_recompute",
    "work_reopened",
    "work_started",
]
