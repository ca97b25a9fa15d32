"""Words of the site that depend on codes."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from citydesk.contact.service_requests.rules.questions import Question

# Sentences of the rules below, which speak no language of their own.
ANSWER_ERRORS = {
    "Please answer this question.": _("Please answer this question."),
    "This is not one of the answers.": _("This is not one of the answers."),
    "Write a number.": _("Write a number."),
    "Write the date as year-month-day.": _("Write the date as year-month-day."),
}
YES_NO = {"yes": _("Yes"), "no": _("No"), "unsure": _("I do not know")}


def answer_error(message: str) -> str:
    """What is wrong with an answer, in the reader's language."""
    return str(ANSWER_ERRORS.get(message) or gettext("This answer is too long, too small or too large."))


def option_name(one: Question, code: str, language: str) -> str:
    """An answer that can be chosen, as residents read it."""
    names = one.options.get(code)
    if names:
        return names.get(language) or next(iter(names.values()))
    return str(YES_NO.get(code, code))
