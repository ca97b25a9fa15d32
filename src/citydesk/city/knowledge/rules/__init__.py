"""Pure decisions: words and articles; shared procedures and how a department does them."""

from citydesk.city.knowledge.rules.procedures import (
    Step,
    Way,
    changed_words,
    is_reminder_due,
    shown_steps,
    step_digest,
    text_in,
)
from citydesk.city.knowledge.rules.words import any_of, article_html, concerns, search_words, summary_of

__all__ = [
    "Step",
    "Way",
    "any_of",
    "article_html",
    "changed_words",
    "concerns",
    "is_reminder_due",
    "search_words",
    "shown_steps",
    "step_digest",
    "summary_of",
    "text_in",
]
