from django.db import migrations

# Accents are folded by translate(), which is immutable, so that the words can be a generated column. The configuration
# is named with its schema: a restore runs with an empty search path.
FUNCTIONS = """
CREATE FUNCTION citydesk_fold(words text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURNS NULL ON NULL INPUT AS $$
    SELECT pg_catalog.translate(pg_catalog.lower(words), 'áàâäãåéèêëíìîïóòôöõúùûüñç', 'aaaaaaeeeeiiiiooooouuuunc')
$$;
CREATE FUNCTION citydesk_request_words(number text, place text, description text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT pg_catalog.to_tsvector(
        'pg_catalog.english'::pg_catalog.regconfig,
        pg_catalog.translate(pg_catalog.lower(
            pg_catalog.replace(coalesce(number, ''), '-', ' ') || ' ' || coalesce(place, '')
            || ' ' || pg_catalog."left"(coalesce(description, ''), 20000)
        ), 'áàâäãåéèêëíìîïóòôöõúùûüñç', 'aaaaaaeeeeiiiiooooouuuunc')
    )
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0003_extensions")]
    operations = [
        migrations.RunSQL(
            FUNCTIONS,
            "DROP FUNCTION citydesk_request_words(text, text, text); DROP FUNCTION citydesk_fold(text);",
        )
    ]
