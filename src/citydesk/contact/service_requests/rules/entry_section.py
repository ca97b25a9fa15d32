"""Read the rules of entry of a city profile: `entry_quality.toml`."""

from citydesk.city.profile.rules import Item, Reading
from citydesk.contact.service_requests.rules.entry import KINDS


def parse_entry_rules(reading: Reading) -> list[Item]:
    """`[entry_rule.<code>]`: one thing asked of what was taken down; `[sample]`: how many of a day are verified."""
    items = []
    for entry in reading.tables("entry_rule"):
        kind = entry.choice("kind", KINDS)
        more = entry.optional
        body = {
            "kind": kind,
            "name": entry.translated("name"),
            "services": more.codes("services", of="services"),
            "least": more.whole("least", 0, at_least=0),
            "questions": more.words("questions"),
            "when": more.answers("when"),
            "expect": more.answers("expect"),
        }
        if kind == "words" and not body["least"]:
            entry.problem("needs the least number of words", "least")
        if kind == "answered" and not body["questions"]:
            entry.problem("names no question", "questions")
        if kind == "agrees" and not (body["when"] and body["expect"]):
            entry.problem("needs both when and expect", "when")
        items.append(entry.item(body))
    for entry in reading.tables("entry_sample"):
        items.append(entry.item({"daily": entry.whole("daily", at_least=0)}))
    return items
