"""The columns of a database as they are, each with the data class that its model declares."""

from typing import Any

from config.copies.rules import Column, NoRule

_COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull, a.attgenerated <> '',
    EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND NOT i.indisprimary
        AND a.attnum = ANY (i.indkey::smallint[])),
    EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary
        AND a.attnum = ANY (i.indkey::smallint[])),
    coalesce((SELECT f.relname FROM pg_constraint k JOIN pg_class f ON f.oid = k.confrelid
        WHERE k.contype = 'f' AND k.conrelid = c.oid AND k.conkey = ARRAY[a.attnum] LIMIT 1), '')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
WHERE n.nspname = 'public' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY c.relname, a.attnum
"""
# Whatever else holds rows: it would go along without a rule, or be missing without a word.
_OTHERS = """
SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_%'
    AND (c.relkind IN ('p', 'm', 'f') OR (c.relkind = 'r' AND n.nspname <> 'public'))
UNION ALL SELECT 'large object ' || oid FROM pg_largeobject_metadata
ORDER BY 1 LIMIT 20
"""


def declared() -> dict[tuple[str, str], tuple[str, tuple[str, ...]]]:
    """Data class and choices of each column that a model of ours declares."""
    from django.apps import apps

    found: dict[tuple[str, str], tuple[str, tuple[str, ...]]] = {}
    for model in apps.get_models(include_auto_created=True):
        classes = getattr(model, "data_classes", None)
        if not isinstance(classes, dict):
            continue
        for field in model._meta.local_fields:
            data_class = str(classes.get(field.name, classes.get("*", "")))
            choices = tuple(str(one) for one, _label in field.flatchoices)
            found[model._meta.db_table, str(field.column)] = (data_class, choices)
    return found


def columns_of(line: Any) -> list[Column]:
    """Every column of the database at the other end of a connection. Raises `NoRule` for rows outside its tables."""
    others = [str(name) for (name,) in line.execute(_OTHERS).fetchall()]
    if others:
        raise NoRule("\n".join(f"{name} holds rows and is no table of Citydesk" for name in others))
    known = declared()
    found = []
    for table, name, sql_type, nullable, generated, unique, primary, points_to in line.execute(_COLUMNS).fetchall():
        data_class, choices = known.get((table, name), ("", ()))
        column = Column(
            table=table,
            name=name,
            sql_type=sql_type,
            data_class=data_class,
            is_nullable=nullable,
            is_unique=unique,
            is_primary=primary,
            is_generated=generated,
            points_to=points_to,
            choices=choices,
        )
        found.append(column)
    return found
