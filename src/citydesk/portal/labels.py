"""Words of the site that depend on codes."""

from django.utils.translation import gettext_lazy as _

from citydesk.contact.service_requests.rules.questions import Question

YES_NO = {"yes": _("Yes"), "no": _("No"), "unsure": _("I do not know")}


def option_name(one: Question, code: str, language: str) -> str:
    """An answer that can be chosen, as residents read it."""
    names = one.options.get(code)
    if names:
        return names.get(language) or next(iter(names.values()))
    return str(YES_NO.get(code, code))
