"""Columns whose replacement asks for more than their own value: names that must agree, keys of the search, titles.

An expression may name the other columns of its row, as they were. `<it>` is the column itself.
"""

from config.copies import words


def of(invented: str, column: str) -> str:
    """An invented value, made of another column than the one it stands in."""
    return invented.replace("<it>", column)


def _customer() -> dict[str, str]:
    """A customer's names agree with each other and with the keys that searches and lists go by."""
    nobody = "is_anonymous OR display_name = ''"
    organization = "organization_name <> '' AND given_name = '' AND family_name = ''"
    shown = f"""CASE WHEN {nobody} THEN 'No name given' WHEN {organization}
        THEN {of(words.ORGANIZATION_OF, "organization_name")} ELSE {of(words.PERSON_OF, "display_name")} END"""
    given = f"CASE WHEN given_name = '' THEN '' ELSE {of(words.GIVEN_OF, 'display_name')} END"
    family = f"CASE WHEN family_name = '' THEN '' ELSE {of(words.FAMILY_OF, 'display_name')} END"
    named = words.unless_empty(words.ORGANIZATION_OF).replace("<it>", "organization_name")
    all_words = f"concat_ws(' ', nullif({given}, ''), nullif({family}, ''), nullif({named}, ''))"
    return {
        "display_name": shown,
        "given_name": given,
        "family_name": family,
        "organization_name": named,
        "family_key": folded(f"coalesce(nullif({family}, ''), nullif({named}, ''), {shown})"),
        "given_key": folded(given),
        "words": folded(f"coalesce(nullif({all_words}, ''), {shown})"),
    }


def folded(expression: str) -> str:
    """As `customers.rules.fold` has it, for words that have no marks."""
    return f"lower(translate({expression}, '-', ' '))"


def _point() -> dict[str, str]:
    """A contact point in its three shapes."""
    value = f"""CASE kind WHEN 'phone' THEN '+1' || {of(words.DIGITS_OF, "normalized")}
        WHEN 'email' THEN {of(words.MAIL_OF, "normalized")}
        ELSE {of(words.STREET_OF, "normalized")} || ' ' || substr({of(words.DIGEST, "normalized")}, 9, 8) END"""
    return {
        "value": value,
        "normalized": f"CASE WHEN kind = 'postal' THEN upper({value}) ELSE {value} END",
        "digits": f"CASE WHEN digits = '' THEN '' ELSE {of(words.DIGITS_OF, 'normalized')} END",
        "extension": "''",
    }


def _article() -> dict[str, str]:
    """What was published is public and stays; drafts do not. The search goes by what the copy says."""
    shown = {
        name: f"CASE WHEN state IN ('reviewed', 'stale') THEN {of(words.NO_MAIL, name)} ELSE {of(words.TEXT, name)} END"
        for name in ("title", "summary", "keywords", "body")
    }
    dictionary = (
        "(CASE left(language, 2) WHEN 'es' THEN 'spanish' WHEN 'en' THEN 'english' ELSE 'simple' END)::regconfig"
    )
    first = " || ' ' || ".join(f"({shown[name]})" for name in ("title", "keywords", "summary"))
    body = f"setweight(to_tsvector({dictionary}, {shown['body']}), 'D')"
    return {**shown, "search": f"setweight(to_tsvector({dictionary}, {first}), 'A') || {body}"}


_NUMBER = words.NUMBER
_PEOPLE_LEFT = "CASE WHEN body ? 'people' THEN jsonb_set(body, '{people}', '[]') ELSE body END"

# A request's place is told as the public is told it: by its block.
_PLACE = f"""CASE WHEN place_label = '' THEN ''
    ELSE coalesce(nullif({of(words.NO_MAIL, "block_label")}, ''), 'Sample place') END"""

_TABLES: dict[str, dict[str, str]] = {
    "customers_customer": _customer(),
    "customers_contactpoint": _point(),
    "kernel_auditentry": {"object_label": _NUMBER},
    "kernel_destruction": {"object_label": _NUMBER},
    "kernel_storedfile": {"original_name": "'file-' || id", "sha256": words.DIGEST},
    "knowledge_articletext": _article(),
    "problems_problem": {"title": "'Problem ' || " + of(words.CODE, "number")},
    "profile_profileentry": {"body": f"({of(words.NO_MAIL, f'({_PEOPLE_LEFT})')})::jsonb"},
    "records_disposalitem": {"label": _NUMBER},
    "records_responsiverecord": {"label": _NUMBER},
    "records_retentioncandidate": {"label": _NUMBER},
    "referrals_agency": {"open311_key": "''"},
    "service_requests_servicerequest": {"place_label": _PLACE},
    "staff_absence": {"kind": "'other'"},
    "staff_office": {"search_text": of(f"lower({words.NO_MAIL})", "name")},
    "staff_user": {"username": "'person' || id", "password": "'!in a copy nobody has a password'", "desk": "''"},
    "traffic_contactleg": {"recording": "''"},
    "traffic_contactsource": {"secret": "''"},
    "work_orders_checklistitem": {"text": """'{"en": "A step of the work", "es": "Un paso del trabajo"}'::jsonb"""},
    "work_orders_workorder": {"title": "'Work order ' || " + of(words.CODE, "number")},
}
SPECIAL = {f"{table}.{column}": sql for table, columns in _TABLES.items() for column, sql in columns.items()}
