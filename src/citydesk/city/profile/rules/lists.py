"""Small sections the profile room reads itself: KPIs, caller classes, interpreters, scripts, open questions."""

from citydesk.city.profile.rules.problems import Item
from citydesk.city.profile.rules.reading import Reading

UNITS = ("percent", "hours", "seconds", "count")
DIRECTIONS = ("at_least", "at_most")
PAGES = ("representative", "supervisor", "department", "director")


def parse_kpis(reading: Reading) -> list[Item]:
    """`[kpi.<code>]`: a target for a measure."""
    return [
        entry.item(
            {
                "name": entry.translated("name"),
                "measure": entry.text("measure"),
                "target": entry.decimal("target", at_least=0),
                "unit": entry.choice("unit", UNITS),
                "direction": entry.choice("direction", DIRECTIONS),
                "pages": entry.optional.choices("pages", PAGES),
            }
        )
        for entry in reading.tables("kpi")
    ]


def parse_caller_classes(reading: Reading) -> list[Item]:
    """`[caller_class.<code>]`: resident, elected office, media …: what the clerk does, who is told, who takes it."""
    return [
        entry.item(
            {
                "name": entry.translated("name"),
                "instruction": entry.optional.translated("instruction"),
                "alert": entry.optional.codes("alert", of="roles"),
                "team": entry.optional.code("team", of="teams"),
                "order": entry.optional.whole("order", 100),
            }
        )
        for entry in reading.tables("caller_class")
    ]


def parse_interpreters(reading: Reading) -> list[Item]:
    """`[interpreter.<code>]`: vendors of interpreters and the languages they cover."""
    return [
        entry.item({"name": entry.text("name"), "phone": entry.phone("phone"), "languages": entry.words("languages")})
        for entry in reading.tables("interpreter")
    ]


def parse_contact_scripts(reading: Reading) -> list[Item]:
    """`[contact_script.<code>]`: lines read aloud that belong to no service code."""
    return [
        entry.item({"name": entry.translated("name"), "text": entry.translated("text")})
        for entry in reading.tables("contact_script")
    ]


def parse_ask_office(reading: Reading) -> list[Item]:
    """`[ask.<code>]`: what nobody knows yet and the office must say."""
    return [
        entry.item(
            {
                "question": entry.translated("question"),
                "about": entry.text("about"),
                "why": entry.optional.translated("why"),
            }
        )
        for entry in reading.tables("ask")
    ]
