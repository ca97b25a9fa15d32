from django.utils.translation import gettext_lazy as _

from citydesk.management.records.choices import Basis, CloseReason, DisposalState, EndedBy, ItemState, RecordState

DISPOSAL = {
    DisposalState.PROPOSED: _("waits for approval"),
    DisposalState.REFUSED: _("refused"),
    DisposalState.DESTROYING: _("being destroyed"),
    DisposalState.DONE: _("destroyed"),
}
DISPOSAL_BADGE = {
    DisposalState.PROPOSED: "waiting",
    DisposalState.REFUSED: "refused",
    DisposalState.DESTROYING: "in_progress",
    DisposalState.DONE: "closed_done",
}
ITEM = {
    ItemState.LISTED: _("listed"),
    ItemState.DESTROYED: _("destroyed"),
    ItemState.KEPT: _("kept"),
}
# When the clock of a kind begins, in words; rooms name the moments.
TRIGGER = {
    "closed_at": _("closed"),
    "finished_at": _("finished"),
    "recorded_at": _("ended"),
    "received_at": _("received"),
    "written_at": _("written"),
    "ended_at": _("ended"),
    "printed_at": _("printed out"),
    "outcome_on": _("outcome known"),
    "filed_on": _("filed"),
    "made_at": _("made"),
    "locked_at": _("locked by a payroll file"),
    "last": _("its last day"),
    "day": _("the day they are of"),
    "read_at": _("read by the person"),
    "scheduled_to": _("the end of the scheduled time"),
    "last_contact": _("last changed, and named by no other record"),
    "matter_closed": _("destroyed with the request it belongs to"),
}
BASIS = {
    Basis.TRIGGER: "",
    Basis.CALENDAR_YEAR: _("after the end of the calendar year"),
    Basis.FISCAL_YEAR: _("after the end of the fiscal year"),
}

CLOSE = {
    CloseReason.PRODUCED: _("the records were handed over"),
    CloseReason.NONE_FOUND: _("there are no such records"),
    CloseReason.DENIED: _("denied by law"),
    CloseReason.WITHDRAWN: _("withdrawn"),
}
RECORD = {
    RecordState.FOUND: _("found"),
    RecordState.RESPONSIVE: _("to be produced"),
    RecordState.WITHHELD: _("withheld"),
    RecordState.UNRELATED: _("unrelated"),
}
ENDED_BY = {
    "": _("the hour was over"),
    EndedBy.PERSON: _("ended by the reader"),
    EndedBy.SIGN_OUT: _("the person signed out"),
    EndedBy.DISABLED: _("the account was disabled"),
}
