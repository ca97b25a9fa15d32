"""What the program's own role may not do by itself, done by functions of the tables' owner: erase, blank, analyze.

`citydesk_erase` and `citydesk_blank` are lawful destruction (ADR 0009, 0014): the role that web and worker connect as may
not delete from tables that only grow. Both ask for a proof and leave an entry in the history, once for a transaction and
proof, which that role can neither change nor take back. The history itself loses no row; of an entry its content alone.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION citydesk_erasable(place regclass, proof text) RETURNS name
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    triggers text;
    key_name name;
BEGIN
    IF coalesce(btrim(proof), '') = '' THEN
        RAISE EXCEPTION 'nothing is erased without a proof' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT string_agg(quote_ident(t.tgname), ',') INTO triggers FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
     WHERE t.tgrelid = place AND t.tgname LIKE 'pgtrigger\\_%' AND c.relnamespace = 'public'::regnamespace;
    SELECT a.attname INTO key_name FROM pg_index i
      JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
     WHERE i.indrelid = place AND i.indisprimary AND i.indnkeyatts = 1;
    IF triggers IS NULL OR key_name IS NULL THEN
        RAISE EXCEPTION '% is no table whose rows are kept', place USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO kernel_auditentry (at, code, actor_kind, actor_label, object_type, object_id, object_label, reason,
                                   is_public, request_id)
    SELECT now(), 'kernel.erased', 'system', session_user, 'kernel.erasure', pg_current_xact_id()::text::bigint,
           left(proof, 80), '', false, ''
     WHERE NOT EXISTS (SELECT FROM kernel_auditentry e WHERE e.object_type = 'kernel.erasure'
                       AND e.object_id = pg_current_xact_id()::text::bigint AND e.object_label = left(proof, 80));
    PERFORM set_config('pgtrigger.ignore', '{' || triggers || '}', true);
    RETURN key_name;
END $$;

CREATE FUNCTION citydesk_erase(place regclass, keys text[], proof text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    key_name name;
    gone bigint;
BEGIN
    IF place::text LIKE 'kernel\\_%' THEN
        RAISE EXCEPTION 'the history loses no row' USING ERRCODE = 'insufficient_privilege';
    END IF;
    key_name := citydesk_erasable(place, proof);
    EXECUTE format('DELETE FROM %s WHERE %I = ANY ($1::%s[])', place, key_name,
                   (SELECT format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = place AND attname = key_name))
      USING keys;
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM set_config('pgtrigger.ignore', '{}', true);
    RETURN gone;
END $$;

CREATE FUNCTION citydesk_blank(place regclass, keys text[], proof text, content jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    key_name name;
    gone bigint;
    columns text;
BEGIN
    IF place::text LIKE 'kernel\\_%' AND (place <> 'kernel_auditentry'::regclass OR content <> jsonb_build_object(
        'before', NULL, 'after', jsonb_build_object('erased', content #> '{after,erased}'), 'reason', '')) THEN
        RAISE EXCEPTION 'of the history its content alone is emptied' USING ERRCODE = 'insufficient_privilege';
    END IF;
    key_name := citydesk_erasable(place, proof);
    SELECT string_agg(quote_ident(name), ', ') INTO columns FROM jsonb_object_keys(content) name;
    EXECUTE format('UPDATE %1$s SET (%2$s) = (SELECT %2$s FROM jsonb_populate_record(NULL::%1$s, $2))'
                   ' WHERE %3$I = ANY ($1::%4$s[])', place, columns, key_name,
                   (SELECT format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = place AND attname = key_name))
      USING keys, content;
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM set_config('pgtrigger.ignore', '{}', true);
    RETURN gone;
END $$;

CREATE FUNCTION citydesk_analyze(place regclass) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    EXECUTE format('ANALYZE %s', place);
END $$;

REVOKE EXECUTE ON FUNCTION citydesk_erasable(regclass, text), citydesk_erase(regclass, text[], text),
    citydesk_blank(regclass, text[], text, jsonb), citydesk_analyze(regclass) FROM PUBLIC;
"""
BACKWARD = """
DROP FUNCTION citydesk_analyze(regclass);
DROP FUNCTION citydesk_blank(regclass, text[], text, jsonb);
DROP FUNCTION citydesk_erase(regclass, text[], text);
DROP FUNCTION citydesk_erasable(regclass, text);
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0008_practice")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
