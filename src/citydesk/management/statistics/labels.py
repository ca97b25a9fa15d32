"""Words of this room's codes in the reader's language."""

from django.utils.translation import gettext_lazy as _

DIMENSIONS = {
    "code": _("Code"),
    "group": _("Group"),
    "department": _("Department"),
    "team": _("Team"),
    "district": _("District"),
    "channel": _("Channel"),
    "reason": _("Reason"),
    "representative": _("Representative"),
    "outcome": _("Outcome"),
    "language": _("Language"),
    "direction": _("Direction"),
    "caller_class": _("Caller"),
    "state": _("Status"),
    "day": _("Day"),
    "week": _("Week of"),
    "month": _("Month"),
    "year": _("Year"),
    "weekday": _("Weekday"),
    "hour": _("Hour"),
    "age": _("Open since"),
}
PERIODS = {"day": _("Day"), "week": _("Week"), "month": _("Month")}
WEEKDAYS = {
    1: _("Monday"),
    2: _("Tuesday"),
    3: _("Wednesday"),
    4: _("Thursday"),
    5: _("Friday"),
    6: _("Saturday"),
    7: _("Sunday"),
}
AGES = {
    "0-1": _("up to a day"),
    "2-7": _("2 to 7 days"),
    "8-30": _("8 to 30 days"),
    "31-90": _("31 to 90 days"),
    "over-90": _("more than 90 days"),
}
CHANNELS = {
    "phone": _("Phone"),
    "counter": _("Counter"),
    "email": _("E-mail"),
    "web": _("Web"),
    "letter": _("Letter"),
    "fax": _("Fax"),
    "chat": _("Chat"),
    "sms": _("Text message"),
    "app": _("App"),
    "api": _("Program"),
    "staff": _("Staff"),
    "import": _("Import"),
    "other": _("Other"),
}
OUTCOMES = {
    "request": _("Request recorded"),
    "uncoded": _("Recorded without a code"),
    "follow": _("Follows a request"),
    "status_told": _("Told how it stands"),
    "transfer": _("Transferred"),
    "promise": _("Promise given"),
    "answered": _("Answered"),
    "": _("No outcome noted"),
}
NOBODY = _("None")
# What stands beside a figure, by the name of its column.
BESIDE = {
    "still_open": _("still open"),
    "opened": _("opened"),
    "closed": _("closed"),
    "closed_without_target": _("closed without a target"),
    "hold_hours": _("hours on hold"),
    "not_timed": _("without a handle time"),
    "due_closed_late": _("due and closed late"),
    "due_overdue": _("due and still open"),
    "due_waiting": _("not to be judged yet"),
    "due_returned": _("returns of those due"),
    "due_reopened": _("reopenings of those due"),
    "due_not_ours": _("closed as not ours, of those due"),
    "due_duplicates": _("closed as duplicates, of those due"),
    "first_early": _("less than seven days ago"),
    "first_nameless": _("resident not known"),
    "said_unknown": _("nothing said"),
    "survey_open": _("asked, may still answer"),
    "survey_silent": _("asked, did not answer"),
}
WHAT = {
    "opened": _("Opened"),
    "closed": _("Closed"),
    "open": _("Open now"),
    "late": _("Open and late"),
    "on_time": _("Closed on time"),
    "late_closed": _("Closed late"),
    "judged": _("Closed with a target"),
    "no_target": _("Closed without a target"),
    "returned": _("Returned by a department"),
    "reopened": _("Reopened"),
    "not_ours": _("Closed as not ours"),
    "duplicate": _("Closed as duplicates"),
    "done": _("Closed as done"),
    "due": _("Were due"),
    "due_met": _("Due and closed on time"),
    "due_late": _("Due and closed late"),
    "overdue": _("Due and still open"),
    "due_waiting": _("Not to be judged yet"),
}
# The three ways to tell whether a first contact resolved it, and what stands behind each of their figures.
FIRST_WAYS = {
    "contacts_first_resolution": _("Did they come again?"),
    "contacts_first_said": _("What representatives say"),
    "contacts_first_survey": _("What residents answer"),
}
FIRST_WINDOWS = {
    "contacts_first_resolution": _("7 days after the contact"),
    "contacts_first_said": _("at the end of the contact"),
    "contacts_first_survey": _("30 days after the request is closed"),
}
FIRST_WHOM = {
    "contacts_first_resolution": _("answered without a request, resident known"),
    "contacts_first_said": _("the representative said yes or no"),
    "contacts_first_survey": _("the resident answered yes or no"),
}
FIRST_CONTACTS = {
    "first_repeat": _("Answered without a request, resident known"),
    "first_stayed": _("Did not come again within seven days"),
    "first_again": _("Came again within seven days"),
    "first_early": _("Answered less than seven days ago"),
    "first_nameless": _("Answered, resident not known"),
    "said": _("The representative said whether it is settled"),
    "said_yes": _("Settled, says the representative"),
    "said_no": _("Not settled, says the representative"),
    "said_unknown": _("The representative did not say whether it is settled"),
    "survey": _("The resident answered"),
    "survey_yes": _("Settled with the first contact, says the resident"),
    "survey_no": _("Not settled with the first contact, says the resident"),
    "survey_open": _("Asked, may still answer"),
    "survey_silent": _("Asked, did not answer"),
}
# What `rules.asking` says of an address it did not understand.
PROBLEMS = {
    "This is not a date.": _("This is not a date."),
    "This is not a number.": _("This is not a number."),
    "The last day is before the first.": _("The last day is before the first."),
}
# What offices print about themselves (`rules.peers`), and how ours of the same name is counted.
PEER_FIGURES = {
    "asa": _("Mean wait of answered calls"),
    "unanswered_share": _("Calls not answered"),
    "abandon_rate": _("Abandoned calls, without those who left at once"),
    "abandon_rate_of_offered": _("Abandoned calls of all offered"),
    "handle_time": _("Mean handle time of a call"),
    "calls_per_month": _("Calls in a month"),
    "first_contact_resolution": _("Resolved at the first contact"),
    "on_time_of_due": _("On time of those due"),
    "on_time_of_closed": _("Closed on time"),
    "hours_to_close_median": _("Median hours to close"),
    "information_share": _("Contacts for information alone"),
    "spanish_share": _("Contacts in Spanish"),
    "digital_request_share": _("Requests by web and app"),
    "coded_share": _("Contacts with a code"),
    "satisfied_share": _("Satisfied in a survey"),
    "overdue_share": _("Overdue requests"),
    "cost_per_contact": _("Cost of a contact"),
    "staff": _("People in the office"),
    "hours_open_per_week": _("Hours open in a week"),
}
OWN_DEFINITIONS = {
    "asa": _("From entering a telephone queue, after the greeting, to the answer; those who left are not in it."),
    "unanswered_share": _("Calls that entered a telephone queue and left it without an answer, of all that left it."),
    "abandon_rate": _("Callers who left while they waited, of those offered without those who left at once."),
    "abandon_rate_of_offered": _("Callers who left while they waited, of all that entered a telephone queue."),
    "handle_time": _("Talk, hold and work after, of telephone contacts handled to their end."),
    "calls_per_month": _("Calls that entered a telephone queue, a twelfth of the year."),
    "first_contact_resolution": _(
        "By repeat contacts: answered without a request, and the same resident did not come again about the same "
        "matter within seven days."
    ),
    "on_time_of_due": _("Closed on time, of the requests that were due, closed or not."),
    "on_time_of_closed": _("Closed by their target, of the requests closed that had one."),
    "hours_to_close_median": _("From receipt to closing on the wall clock, nights and holds included."),
}
# A figure that nobody here counts has no definition of ours.
NOT_COUNTED_HERE = _("We do not count this.")
MATCHES = {
    "same": _("counted as ours"),
    "adjustable": _("counted a little otherwise"),
    "different": _("counted otherwise"),
}
BASES = {
    "actual": _("what happened"),
    "estimate": _("an estimate"),
    "target": _("a target"),
}
