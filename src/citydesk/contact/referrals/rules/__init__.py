"""Decisions of the room, pure: what an answer may be, when it is due, what the profile's files hold."""

from citydesk.contact.referrals.rules.answers import ANSWERS, Answer, problem_of
from citydesk.contact.referrals.rules.chasing import Dues, dues_of, next_reminder
from citydesk.contact.referrals.rules.recurring import due_dates

__all__ = ["ANSWERS", "Answer", "Dues", "due_dates", "dues_of", "next_reminder", "problem_of"]
