"""A service code as the rules need it, made from its profile entry; and the neutral one for a code no profile knows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from citydesk.contact.service_requests.choices import (
    CloseReason,
    LocationNeed,
    PhotoRule,
    PublicPlace,
    PublicText,
    Urgency,
)
from citydesk.contact.service_requests.rules import publicity
from citydesk.contact.service_requests.rules.codes import CodeWords
from citydesk.contact.service_requests.rules.duplicates import Nearby
from citydesk.contact.service_requests.rules.questions import (
    Question,
    UrgencyRule,
    answer_text,
    question,
    urgency_rule,
)


@dataclass(frozen=True)
class Service:
    """One service code of the catalog with everything decided by it. Texts are language -> text."""

    code: str
    group: str
    names: Mapping[str, str]
    descriptions: Mapping[str, str] = field(default_factory=dict)
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    department: str = ""
    team: str = ""
    sla: str = ""
    articles: tuple[str, ...] = ()
    position: int = 100
    urgency: str = Urgency.NORMAL
    location: str = LocationNeed.OPTIONAL
    public: publicity.Rule = field(default_factory=publicity.Rule)
    nearby: Nearby = field(default_factory=Nearby)
    is_confidential: bool = False
    allow_anonymous: bool = True
    is_internal: bool = False
    is_coding_queue: bool = False
    needs_work_order: bool = False
    checklist: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    close_reasons: tuple[str, ...] = tuple(CloseReason)
    script: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()
    urgency_rules: tuple[UrgencyRule, ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def name_in(self, language: str) -> str:
        """The name in a language, else in the city's first."""
        return self.names.get(language) or next(iter(self.names.values()), self.code)

    def question(self, code: str) -> Question | None:
        """The question with a code, if this service asks it."""
        return next((one for one in self.questions if one.code == code), None)

    def words(self, group_names: Mapping[str, str] | None = None) -> CodeWords:
        """What the finder of codes looks through."""
        return CodeWords(self.code, self.names, self.synonyms, self.descriptions, group_names or {})


def service_of(code: str, body: Mapping[str, Any]) -> Service:
    """A service from its profile entry (section `services`)."""
    nearby = body.get("nearby") or {}
    return Service(
        code=code,
        group=body["group"],
        names=body["name"],
        descriptions=body.get("description") or {},
        synonyms={language: tuple(words) for language, words in (body.get("synonyms") or {}).items()},
        department=body.get("department") or "",
        team=body.get("team") or "",
        sla=body.get("sla") or "",
        articles=tuple(body.get("articles") or ()),
        position=int(body.get("order") or 100),
        urgency=body.get("urgency") or Urgency.NORMAL.value,
        location=body.get("location") or LocationNeed.OPTIONAL.value,
        public=publicity.Rule(
            body.get("public_text") or PublicText.SERVICE_NAME.value,
            body.get("public_place") or PublicPlace.BLOCK.value,
            body.get("photos") or PhotoRule.NONE.value,
        ),
        nearby=Nearby(
            int(nearby.get("radius_m") or 0), int(nearby.get("days") or 0), tuple(nearby.get("codes") or (code,))
        ),
        script=body.get("script") or {},
        questions=tuple(question(row) for row in body.get("questions") or ()),
        urgency_rules=tuple(urgency_rule(row) for row in body.get("urgency_rules") or ()),
        provenance=body.get("provenance") or {},
        **_marks(body),
    )


def _marks(body: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "is_confidential": bool(body.get("is_confidential")),
        "allow_anonymous": bool(body.get("allow_anonymous", True)),
        "is_internal": bool(body.get("is_internal")),
        "is_coding_queue": bool(body.get("is_coding_queue")),
        "needs_work_order": bool(body.get("needs_work_order")),
        "checklist": {language: tuple(words) for language, words in (body.get("checklist") or {}).items()},
        "close_reasons": tuple(body.get("close_reasons") or CloseReason),
    }


def unknown_service(code: str, name: str) -> Service:
    """A code an import brought that the profile does not have: no questions, no target, no publicity but its name."""
    return Service(code=code, group="", names={"en": name})


def answers_in_words(
    service: Service, answers: Mapping[str, Any], language: str, words: Mapping[str, str]
) -> list[tuple[Question, str]]:
    """Questions of a service with their answers as a person reads them; unanswered ones are left out."""
    return [
        (one, answer_text(one, answers[one.code], language, words)) for one in service.questions if one.code in answers
    ]
