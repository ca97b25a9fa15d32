"""Codes of this room."""

from enum import StrEnum


class ArticleKind(StrEnum):
    """A policy binds the office; an article answers residents; a script is read aloud."""

    ARTICLE = "article"
    POLICY = "policy"
    SCRIPT = "script"


class TextState(StrEnum):
    """`stale`: the source language was changed after this text; `machine`: translated by a program, not yet read."""

    DRAFT = "draft"
    MACHINE = "machine"
    REVIEWED = "reviewed"
    STALE = "stale"


class VersionState(StrEnum):
    """A version of a procedure waits for approval, was approved, refused, or taken back by its writer."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    DROPPED = "dropped"


class DifferenceKind(StrEnum):
    """A department does a step in its own way, does something more after it, or does not do it."""

    OWN = "own"
    MORE = "more"
    WITHOUT = "without"


VIEW = "knowledge.view"
EDIT = "knowledge.edit"
POST_BULLETIN = "knowledge.post_bulletin"
WRITE_PROCEDURES = "knowledge.procedures"
APPROVE_PROCEDURES = "knowledge.approve_procedures"

PROCEDURE = "knowledge.procedure"
MOST_STEPS = 40

SHOWN = frozenset({TextState.REVIEWED, TextState.STALE, TextState.MACHINE})
# PostgreSQL's dictionaries; a language without one is searched word for word.
DICTIONARIES = {"en": "english", "es": "spanish"}
