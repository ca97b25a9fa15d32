"""What the city profile says of people, teams, roles and offices: reading and checking. Formats: profiles/README.md."""

from typing import Any

from citydesk.city.profile.rules import Fields, Item, Reading
from citydesk.city.staff.choices import TeamKind
from citydesk.kernel.registries import registries


def parse_departments(reading: Reading) -> list[Item]:
    """`[department.<code>]`."""
    return [
        entry.item(
            {
                "name": entry.translated("name"),
                "phone": entry.optional.phone("phone"),
                "email": entry.optional.text("email"),
                "order": entry.optional.whole("order", 100),
            }
        )
        for entry in reading.tables("department")
    ]


def parse_teams(reading: Reading) -> list[Item]:
    """`[team.<code>]`: office teams, crews, vendors; `all_clerks` where everybody who takes calls belongs to it."""
    return [
        entry.item(
            {
                "name": entry.translated("name"),
                "department": entry.code("department", of="departments"),
                "kind": entry.choice("kind", TeamKind),
                "part_of": entry.optional.code("part_of", of="teams"),
                "calendar": entry.code("calendar", of="calendars"),
                "email": entry.optional.text("email"),
                "phone": entry.optional.phone("phone"),
                "skills": entry.optional.codes("skills", of="skills"),
                "all_clerks": entry.optional.boolean("all_clerks"),
            }
        )
        for entry in reading.tables("team")
    ]


def parse_roles(reading: Reading) -> list[Item]:
    """`[role.<code>]`: permissions, authority limits, whether a second factor and a second person are asked for."""
    return [
        entry.item(
            {
                "name": entry.translated("name"),
                "permissions": entry.choices("permissions", registries.permissions),
                "limits": _limits(entry),
                "sensitive": entry.optional.boolean("sensitive"),
                "mfa": entry.optional.boolean("mfa"),
                "order": entry.optional.whole("order", 100),
            }
        )
        for entry in reading.tables("role")
    ]


def parse_skills(reading: Reading) -> list[Item]:
    """`[skill.<code>]`; `language` when the skill is to speak it."""
    return [
        entry.item({"name": entry.translated("name"), "language": entry.optional.text("language")})
        for entry in reading.tables("skill")
    ]


def parse_absence_kinds(reading: Reading) -> list[Item]:
    """`[absence_kind.<code>]`."""
    return [
        entry.item({"name": entry.translated("name"), "is_planned": entry.optional.boolean("is_planned")})
        for entry in reading.tables("absence_kind")
    ]


def parse_people(reading: Reading) -> list[Item]:
    """`[person.<user name>]`: people of a demo city; every one must be marked as a sample."""
    return [_person(entry) for entry in reading.tables("person")]


def parse_directory(reading: Reading) -> list[Item]:
    """`[office.<code>]`: where callers are transferred to."""
    return [
        entry.item(
            {
                "name": entry.translated("name"),
                "subjects": entry.translated_list("subjects"),
                "phone": entry.optional.phone("phone"),
                "after_hours_phone": entry.optional.text("after_hours_phone"),
                "emergency_phone": entry.optional.text("emergency_phone"),
                "email": entry.optional.text("email"),
                "address": entry.optional.text("address"),
                "calendar": entry.optional.code("calendar", of="calendars"),
                "department": entry.optional.code("department", of="departments"),
                "is_city": entry.optional.boolean("is_city", True),
                "note": entry.optional.translated("note"),
                "on_duty_skill": entry.optional.text("on_duty_skill"),
                "people": entry.optional.codes("people", of="people"),
            }
        )
        for entry in reading.tables("office")
    ]


def _limits(entry: Fields) -> dict[str, Any]:
    table = entry.optional.table("limits")
    return {code: table.decimal(code, at_least=0) for code in table.raw}


def _person(entry: Fields) -> Item:
    teams = entry.optional.codes("teams", of="teams")
    if not entry.boolean("sample"):
        entry.problem("is true only: real people are entered by an administrator, not in a file", "sample")
    return entry.item(
        {
            "name": entry.text("name"),
            "email": entry.optional.text("email"),
            "roles": entry.optional.codes("roles", of="roles"),
            "teams": teams,
            "lead_of": entry.optional.choices("lead_of", teams),
            "skills": entry.optional.codes("skills", of="skills"),
            "languages": entry.optional.words("languages"),
            "desk": entry.optional.text("desk"),
            "phone": entry.optional.text("phone"),
            "language": entry.optional.choice("language", entry.notes.languages, "en"),
        }
    )
