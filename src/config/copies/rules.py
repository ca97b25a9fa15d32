"""What becomes of each column, by its data class and its type. A column that no rule covers is refused, not guessed."""

from collections.abc import Iterable
from dataclasses import dataclass

from config.copies import kept, words
from config.copies.special import SPECIAL

PRIVATE = ("personal", "confidential")
KEPT = "<it>"
NOTHING = "NULL"
ADDRESSES = "places_address"
# Names of columns that hold a mark of the machine rather than a sentence.
_MARKS = ("key", "token", "digest", "mark", "proof", "fingerprint", "_id", "_of", "origin", "seen", "number")
_TEXTS = ("text", "citext", "character", "character varying")
_TIMES = ("boolean", "timestamp with time zone")
_RANGES = ("daterange", "tstzrange", "int4range", "int8range", "numrange")
_COUNTS = ("bigint", "integer", "smallint", "numeric", "double precision", "real")
_FIGURES = (*_COUNTS, *_RANGES, "date", "interval", "time without time zone")


@dataclass(frozen=True)
class Column:
    """A column as the database has it, with what its model says. `data_class` is empty where no model does."""

    table: str
    name: str
    sql_type: str
    data_class: str = ""
    is_nullable: bool = False
    is_unique: bool = False
    is_primary: bool = False
    is_generated: bool = False
    points_to: str = ""
    choices: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return f"{self.table}.{self.name}"

    @property
    def is_private(self) -> bool:
        return self.data_class in PRIVATE

    @property
    def base(self) -> str:
        """The type without length and brackets."""
        return self.sql_type.removesuffix("[]").partition("(")[0]

    @property
    def is_list(self) -> bool:
        return self.sql_type.endswith("[]")


class NoRule(Exception):
    """The copy does not know what to do with a column; the message names it."""


def rules_for(columns: Iterable[Column]) -> dict[str, dict[str, str]]:
    """SQL for every column of every table that goes along: table -> column -> expression with `<it>` for the value.

    Raises `NoRule` with one line for each column that no rule covers.
    """
    found: dict[str, dict[str, str]] = {}
    faults = []
    for column in columns:
        if column.table in kept.EMPTIED:
            continue
        rules = found.setdefault(column.table, {})
        if column.is_generated:
            continue
        try:
            rules[column.name] = rule_for(column)
        except NoRule as fault:
            faults.append(str(fault))
    if faults:
        raise NoRule("\n".join(faults))
    return found


def rule_for(column: Column) -> str:
    """The SQL that a column's value is replaced with; `KEPT` where it stays. Raises `NoRule`."""
    if column.table in kept.WHOLE:
        return KEPT
    if not column.data_class:
        raise NoRule(f"{column.key} has no data class: no model of Citydesk declares it")
    if column.key in SPECIAL:
        return SPECIAL[column.key]
    named = _named(column)
    if named:
        return named
    if column.is_list and column.base in _TEXTS:
        return f"'{{}}'::{column.sql_type}"
    return _by_type(column)


def _named(column: Column) -> str:
    """The rule of a column that stands in one of the reviewed lists; empty for others."""
    for names, rule in ((kept.PEOPLE, words.PERSON), (kept.PHONES, words.PHONE), (kept.MAILS, words.MAIL)):
        if column.key in names:
            return rule
    if column.key in kept.WORDS:
        return _words(column)
    if column.key in kept.FACTS:
        return words.FACTS
    if column.key in kept.CODES:
        return words.CODES if column.is_list else words.CODE
    if column.choices and column.base in _TEXTS and not column.is_list:
        known = ", ".join(f"'{one}'" for one in column.choices)
        return f"CASE WHEN <it> IN ({known}) THEN <it> ELSE '' END"
    return ""


def _words(column: Column) -> str:
    """Words of the city, electronic addresses taken out. Raises `NoRule` for what is somebody's own."""
    if column.is_private:
        raise NoRule(f"{column.key} is {column.data_class} and may not be kept as words of the city")
    if column.is_list:
        return f"({words.NO_MAIL})::{column.sql_type}"
    return f"({words.NO_MAIL})::jsonb" if column.base == "jsonb" else words.NO_MAIL


def _by_type(column: Column) -> str:
    if column.base in _TEXTS:
        return _text(column)
    if column.base in _FIGURES:
        return _figure(column)
    if column.base in _TIMES:
        return KEPT
    if column.base == "jsonb":
        return NOTHING if column.is_nullable else words.EMPTY_JSON
    if column.base == "bytea":
        return words.BYTES_OF if column.is_unique else "''::bytea"
    if column.base == "uuid":
        return NOTHING if column.is_nullable else words.UUID_OF
    if column.base == "tsvector":
        return NOTHING if column.is_nullable else "''::tsvector"
    raise NoRule(f"{column.key} is of the type {column.sql_type}, for which a copy has no rule")


def _text(column: Column) -> str:
    if column.is_unique or column.name.endswith(_MARKS):
        return words.TOKEN
    if column.name == "place_label":
        return words.unless_empty(words.STREET_OF)
    return words.TEXT


def _figure(column: Column) -> str:
    """Numbers, days and references. What tells of a person is left out, and where that cannot be, refused."""
    if column.is_primary and not column.points_to:
        return KEPT
    if column.points_to:
        left_out = column.points_to in kept.EMPTIED or (column.points_to == ADDRESSES and column.is_private)
    elif column.is_private and column.name in ("lat", "lon"):
        return "round((<it>)::numeric, 2)"  # about a kilometer
    else:
        left_out = column.is_private and not column.table.startswith(kept.FIGURES)
    if not left_out:
        return KEPT
    if not column.is_nullable:
        raise NoRule(f"{column.key} tells of a person or of rows that stay behind, and may not be empty")
    return NOTHING
