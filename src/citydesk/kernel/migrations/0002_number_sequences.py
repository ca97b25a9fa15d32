from django.db import migrations

# SECURITY DEFINER: the application's database role may count, but has no right to create things.
FUNCTION = """
CREATE FUNCTION citydesk_next_number(series text, year integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    sequence_name text := format('citydesk_number_%s_%s', lower(series), lpad((year % 100)::text, 2, '0'));
BEGIN
    IF series !~ '^[A-Z]{2,3}$' THEN
        RAISE EXCEPTION 'a number series is two or three capital letters, not %', series;
    END IF;
    IF to_regclass(sequence_name) IS NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended(sequence_name, 0));
        EXECUTE format('CREATE SEQUENCE IF NOT EXISTS %I', sequence_name);
    END IF;
    RETURN nextval(sequence_name::regclass);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]
    operations = [migrations.RunSQL(FUNCTION, "DROP FUNCTION citydesk_next_number(text, integer)")]
