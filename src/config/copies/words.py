"""SQL for invented values. Each is a text in which `<it>` stands for the expression that it replaces.

What is invented follows from the value and from a key that is drawn for each copy and forgotten: the same value becomes
the same invented one everywhere in a copy, another one in the next copy, and nobody can compute the way back.
"""

# ruff: noqa: S608 - texts put together from words of this file; no value of anybody is in them.

# Where a connection keeps the key while it reads.
KEY = "citydesk.copy_key"

_GIVEN = """
Adaeze Alba Amir Anders Anjali Beatriz Bo Carmen Cedric Chioma Clara Dalia Darnell Diego Edda Elena Emeka Esther Farid
Fiona Gael Greta Hana Hugo Ilse Imani Ivan Jalen Joana Kaito Keisha Lars Leila Lupe Mateo Mira Nadia Nils Odette Omar
Paula Quinn Rafael Rhea Samir Soledad Tariq Tova Una Viktor
"""
_FAMILY = """
Abara Aldana Arkwright Baptiste Bellweather Brandvold Calloway Cienfuegos Corrigan Dabrowski Delacroix Eastman Eklund
Fairbanks Farrow Gallardo Greenhalgh Haddad Hollis Ivarsson Jankowski Kaminski Kingsley Lachance Lindqvist Maddox
Marchetti Nakamura Norwood Oyelaran Pemberton Quiroga Rasmussen Redfern Sandoval Sokolov Tanaka Underhill Valdez
Wainwright Yamada Zielinski
"""
_SAID = (
    "Please look at this place, it has been like this for some days.",
    "It was reported before and came back after the rain.",
    "Somebody could get hurt here, mostly after dark.",
    "The crew was here last week but could not finish.",
    "It is in front of the house, near the curb.",
    "The caller asks to be told when it is done.",
    "Nobody came so far, says the caller.",
    "Looked at on site, needs a second visit.",
)


def _one_of(words: tuple[str, ...], digest: str, start: int) -> str:
    quoted = ", ".join(f"'{word}'" for word in words)
    return f"(ARRAY[{quoted}])[1 + ('x' || substr({digest}, {start}, 6))::bit(24)::int % {len(words)}]"


# 64 hexadecimal letters of a value, small and without spaces around it.
DIGEST = f"encode(sha256(convert_to(current_setting('{KEY}') || lower(btrim((<it>)::text)), 'UTF8')), 'hex')"
FAMILIES = tuple(_FAMILY.split())
GIVEN_OF = _one_of(tuple(_GIVEN.split()), DIGEST, 1)
FAMILY_OF = f"{_one_of(FAMILIES, DIGEST, 9)} || '-' || {_one_of(FAMILIES, DIGEST, 17)}"
PERSON_OF = f"{GIVEN_OF} || ' ' || {FAMILY_OF}"
ORGANIZATION_OF = f"'Organization ' || upper(substr({DIGEST}, 1, 6))"
# Ten digits that no telephone has: no area begins with a zero. Made of the last ten digits, however they were written.
LAST_TEN = r"right(regexp_replace(<it>, '\D', '', 'g'), 10)"
DIGITS_OF = (
    f"'0' || lpad((('x' || substr({DIGEST.replace('<it>', LAST_TEN)}, 1, 15))::bit(60)::bigint % 1000000000)::text,"
    " 9, '0')"
)
MAIL_OF = f"'somebody.' || substr({DIGEST}, 1, 16) || '@example.org'"
STREET_OF = f"(100 + ('x' || substr({DIGEST}, 1, 4))::bit(16)::int % 9000)::text || ' Sample Street'"
SAID_OF = _one_of(_SAID, DIGEST, 1)
UUID_OF = f"substr({DIGEST}, 1, 32)::uuid"
BYTES_OF = f"decode({DIGEST}, 'hex')"

# Who is no person: the house's own actors keep their label.
ACTORS = "'', 'system', 'System'"
LOOKS_LIKE_A_CODE = "'^[[:alnum:]_.:/+*#-]*$'"
LOOKS_LIKE_A_NUMBER = "'^[A-Z]{1,4}-[0-9]{2}-[0-9]{4,}(-[A-Z0-9])?$'"


def unless_empty(expression: str) -> str:
    """The replacement, but an empty text stays empty: whether something was said is a fact of the work."""
    return f"CASE WHEN <it> = '' THEN '' ELSE {expression} END"


PERSON = f"CASE WHEN <it> IN ({ACTORS}) THEN <it> ELSE {PERSON_OF} END"
PHONE = unless_empty(f"'+1' || {DIGITS_OF}")
MAIL = unless_empty(MAIL_OF)
TEXT = unless_empty(SAID_OF)
TOKEN = unless_empty(DIGEST)
CODE = f"CASE WHEN <it> ~ {LOOKS_LIKE_A_CODE} THEN <it> ELSE {DIGEST} END"
NUMBER = f"CASE WHEN <it> ~ {LOOKS_LIKE_A_NUMBER} THEN <it> ELSE '' END"
# A list that is not there stays not there: an empty one would say something else.
CODES = f"""CASE WHEN <it> IS NOT NULL THEN ARRAY(
    SELECT one FROM unnest(<it>) WITH ORDINALITY AS u(one, at) WHERE one ~ {LOOKS_LIKE_A_CODE} ORDER BY at) END"""
# With what may stand before an address in the text of a JSON value: a half escape would be left over.
NO_MAIL = (
    r"regexp_replace(<it>::text, '(\\(u[0-9a-f]{4}|.))?[[:alnum:]._%+-]+@[[:alnum:].-]+', 'office@example.org', 'g')"
)
EMPTY_JSON = """CASE jsonb_typeof(<it>) WHEN 'array' THEN '[]'::jsonb WHEN 'object' THEN '{}'::jsonb
    WHEN 'string' THEN '""'::jsonb WHEN 'number' THEN '0'::jsonb ELSE <it> END"""
FACTS = f"""CASE WHEN EXISTS (
        SELECT 1 FROM jsonb_path_query(<it>, '$.** ? (@.type() == "string")') AS said
        WHERE said #>> '{{}}' !~ {LOOKS_LIKE_A_CODE}
        UNION ALL SELECT 1 FROM jsonb_path_query(<it>, '$.** ? (@.type() == "object").keyvalue().key') AS said
        WHERE said #>> '{{}}' !~ {LOOKS_LIKE_A_CODE}
    ) THEN {EMPTY_JSON} ELSE <it> END"""
