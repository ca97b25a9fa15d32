"""Why a request went where it went: every rule that was asked, in the words of who reads it and never in codes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from citydesk.city.places import queries as places
from citydesk.city.profile import queries as profile
from citydesk.contact.service_requests import labels
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.queries.one import RequestPage
from citydesk.contact.service_requests.rules.questions import answer_text
from citydesk.kernel.texts import in_language, words_of


@dataclass(frozen=True)
class AskedRule:
    """A rule in the order it was asked; `condition`, `wanted` and `had` say why it did not hold."""

    code: str
    name: str
    order: int
    condition: str
    wanted: str
    had: str
    held: bool


@dataclass(frozen=True)
class Explained:
    """One routing decision in words."""

    at: datetime
    cause: str
    team: str
    rule: str
    facts: list[tuple[str, str]]
    asked: list[AskedRule]


def explain_routings(page: RequestPage) -> list[Explained]:
    """Every decision about where a request goes, newest first, with the rules that were asked."""
    language = (get_language() or "en").split("-")[0]
    teams = {team.id: team for team in policy.teams_by_code().values()}
    explained = []
    for trace in page.routings:
        team = teams.get(trace.team_id)
        words = _Words(date.fromisoformat(str(trace.policy_date)), str(trace.facts.get("service", "")))
        asked = [words.passed_over(one) for one in trace.passed_over]
        name = in_language(trace.rule_names, default=trace.rule_code)
        if trace.rule_code:
            asked.append(AskedRule(trace.rule_code, name, trace.rule_order, "", "", "", True))
        explained.append(
            Explained(
                at=trace.decided_at,
                cause=str(labels.CAUSES.get(trace.cause, trace.cause)),
                team=(labels.in_language(team.names, language) or team.name) if team else _("nobody"),
                rule=name,
                facts=words.facts(trace.facts),
                asked=asked,
            )
        )
    return explained


class _Words:
    """Names of the codes in a decision, by the profile of its day. A code that no longer has a name stays as it is."""

    def __init__(self, on: date, service: str) -> None:
        self.on = on
        self.rules = {rule.code: in_language(rule.names) for rule in policy.routing_rules(on)}
        self.service = policy.service(service, on) if service else None
        self.language = (get_language() or "en").split("-")[0]

    def facts(self, facts: Mapping[str, Any]) -> list[tuple[str, str]]:
        """What the rules were asked about."""
        single = (("services", "service"), ("groups", "group"), ("urgencies", "urgency"), ("channels", "channel"))
        rows = [(self.condition(kind), self.value(kind, str(facts.get(name, "")))) for kind, name in single]
        for kind, codes in (("district", facts.get("districts", {})), ("answer", facts.get("answers", {}))):
            for name, value in codes.items():
                many = value if isinstance(value, list | tuple) else [value]
                rows.append((self.condition(f"{kind}:{name}"), self.values(f"{kind}:{name}", many)))
        return [row for row in rows if row[1]]

    def passed_over(self, one: Mapping[str, Any]) -> AskedRule:
        """A rule that did not hold, with the first of its conditions that failed."""
        condition = str(one["condition"])
        had = [code for code in str(one["had"]).split(", ") if code]
        name = self.rules.get(one["code"]) or one["code"]
        wanted = self.values(condition, one["wanted"])
        return AskedRule(
            one["code"], name, one["order"], self.condition(condition), wanted, self.values(condition, had), False
        )

    def condition(self, condition: str) -> str:
        """The name of a condition: "Code", "Forestry zone", "Wires", "Hours: Crews"."""
        kind, _sep, name = condition.partition(":")
        if kind == "district":
            return in_language((profile.entries("districts", self.on).get(name) or {}).get("name") or {}, default=name)
        if kind == "answer":
            asked = self.service.question(name) if self.service else None
            return in_language((asked.short or asked.ask) if asked else {}, default=name)
        words = str(labels.CONDITIONS.get(kind, kind))
        if kind == "hours":
            body = profile.entries("calendars", self.on).get(name) or {}
            return f"{words}: {in_language(body.get('name') or {}, default=name)}"
        return words

    def values(self, condition: str, codes: Iterable[Any]) -> str:
        """What a condition accepts or was given."""
        return ", ".join(self.value(condition, str(code)) for code in codes)

    def value(self, condition: str, code: str) -> str:
        """One code of a condition in words."""
        kind, _sep, name = condition.partition(":")
        if not code:
            return ""
        if kind == "services":
            return policy.service(code, self.on).name_in(self.language)
        if kind == "groups":
            return in_language((policy.groups(self.on).get(code) or {}).get("name") or {}, default=code)
        if kind == "district":
            return places.district_label(name, code, self.on)
        if kind == "answer":
            asked = self.service.question(name) if self.service else None
            return answer_text(asked, code, self.language, words_of(labels.ANSWERS)) if asked else code
        fixed = {"urgencies": labels.URGENCIES, "channels": labels.CHANNELS, "hours": labels.HOURS}.get(kind, {})
        return str(fixed.get(code, code))
