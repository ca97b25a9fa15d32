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


VIEW = "knowledge.view"
EDIT = "knowledge.edit"
POST_BULLETIN = "knowledge.post_bulletin"

SHOWN = frozenset({TextState.REVIEWED, TextState.STALE, TextState.MACHINE})
# PostgreSQL's dictionaries; a language without one is searched word for word.
DICTIONARIES = {"en": "english", "es": "spanish"}
