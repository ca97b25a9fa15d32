import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

# No two states of an agent share a moment. An exclusion constraint would look each row up in a GiST index of its own;
# here all rows of a statement are looked at together, in the order of the index that finds them anyway.
#
# The agents' rows are held until the transaction ends: who writes states of the same agent meanwhile waits here and
# then sees, in READ COMMITTED, what was written. Rows of any other isolation level are refused, as they would not see it.
# Kept states share no moment, so of those before and after the ones told only the neighbors are looked at.
#
# The planner is held to the index: the function's plans are kept, also when they were made on an empty table.
FORWARD = """
CREATE FUNCTION traffic_state_alone() RETURNS trigger LANGUAGE plpgsql
    SET search_path FROM CURRENT SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    shared record;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'states of agents are written in READ COMMITTED' USING ERRCODE = 'invalid_transaction_state';
    END IF;
    PERFORM FROM traffic_sourceagent WHERE id = ANY (ARRAY(SELECT DISTINCT agent_id FROM told)) ORDER BY id
        FOR NO KEY UPDATE;
    SELECT one.agent_id, one.started_at, one.next INTO shared
      FROM (SELECT agent_id, min(started_at) AS first, max(started_at) AS last FROM told GROUP BY agent_id) t,
           LATERAL (SELECT k.agent_id, k.started_at, k.ended_at, lead(k.started_at) OVER (ORDER BY k.started_at) AS next
                      FROM traffic_agentstate k
                     WHERE k.agent_id = t.agent_id
                       AND k.started_at >= coalesce((SELECT max(p.started_at) FROM traffic_agentstate p
                                                      WHERE p.agent_id = t.agent_id AND p.started_at < t.first), t.first)
                       AND k.started_at <= coalesce((SELECT min(n.started_at) FROM traffic_agentstate n
                                                      WHERE n.agent_id = t.agent_id AND n.started_at > t.last), t.last)
                   ) one
     WHERE coalesce(one.ended_at, 'infinity') > one.next LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'agent % has a state since % that shares time with one since %',
            shared.agent_id, shared.started_at, shared.next
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'traffic_state_alone', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER alone_told AFTER INSERT ON traffic_agentstate
    REFERENCING NEW TABLE AS told FOR EACH STATEMENT EXECUTE FUNCTION traffic_state_alone();
CREATE TRIGGER alone_changed AFTER UPDATE ON traffic_agentstate
    REFERENCING NEW TABLE AS told FOR EACH STATEMENT EXECUTE FUNCTION traffic_state_alone();
"""
BACKWARD = """
DROP TRIGGER alone_told ON traffic_agentstate;
DROP TRIGGER alone_changed ON traffic_agentstate;
DROP FUNCTION traffic_state_alone();
"""


# What legs and states name is there: a key of its own would look it up anew for every row, and took 40 percent of the
# database's time of an import. Agents and queues are never deleted (`STAYS`), so the moment of writing is the one to look.
_TELLERS = {
    "traffic_contactleg": ("agent", "queue"),
    "traffic_agentstate": ("agent",),
    "traffic_statefact": ("agent",),
}
_NAMED = {"agent": "traffic_sourceagent", "queue": "traffic_queue"}


def function(what):
    return f"""
CREATE FUNCTION traffic_told_of_{what}() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    missing bigint;
BEGIN
    SELECT t.{what}_id INTO missing FROM told t
     WHERE t.{what}_id IS NOT NULL AND NOT EXISTS (SELECT FROM {_NAMED[what]} n WHERE n.id = t.{what}_id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION '% names {what} % that is not there', TG_TABLE_NAME, missing
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'traffic_told_of_{what}', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;
"""


def triggers(table, what):
    made = "REFERENCING NEW TABLE AS told FOR EACH STATEMENT EXECUTE FUNCTION"
    return "".join(
        f"CREATE TRIGGER told_of_{what}_{name} AFTER {event} ON {table} {made} traffic_told_of_{what}();\n"
        for name, event in (("told", "INSERT"), ("changed", "UPDATE"))
    )


PAIRS = [(table, what) for table, named in _TELLERS.items() for what in named]
REFERS = "".join(map(function, _NAMED)) + "".join(triggers(*pair) for pair in PAIRS)
REFERS_NO_MORE = "".join(
    f"DROP TRIGGER told_of_{what}_told ON {table};\nDROP TRIGGER told_of_{what}_changed ON {table};\n"
    for table, what in PAIRS
) + "".join(f"DROP FUNCTION traffic_told_of_{what}();\n" for what in _NAMED)


class Migration(migrations.Migration):
    dependencies = [("traffic", "0003_destroyed_by_days")]

    operations = [
        migrations.AddConstraint(
            model_name="agentstate",
            constraint=models.UniqueConstraint(fields=("agent", "started_at"), name="traffic_state_begins_once"),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunSQL(REFERS, REFERS_NO_MORE),
        migrations.RemoveConstraint(model_name="agentstate", name="traffic_state_no_overlap"),
        migrations.RemoveIndex(model_name="agentstate", name="traffic_state_started"),
        migrations.AlterField(
            model_name='agentstate',
            name='agent',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='traffic.sourceagent'),
        ),
        migrations.AlterField(
            model_name='contactleg',
            name='agent',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='traffic.sourceagent'),
        ),
        migrations.AlterField(
            model_name='contactleg',
            name='queue',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='traffic.queue'),
        ),
        migrations.AlterField(
            model_name='statefact',
            name='agent',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='traffic.sourceagent'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='queue',
            trigger=pgtrigger.compiler.Trigger(name='kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='24a879fd6c3e110f0d471210ad84ee1ad71561b6', operation='DELETE', pgid='pgtrigger_kept_301b5', table='traffic_queue', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='queue',
            trigger=pgtrigger.compiler.Trigger(name='same_key', sql=pgtrigger.compiler.UpsertTriggerSql(func='RAISE EXCEPTION \'pgtrigger: Cannot update of "id" rows from % table\', TG_TABLE_NAME;', hash='ff9f73492e0dbb2e1efb174049867f9961999adb', operation='UPDATE OF "id"', pgid='pgtrigger_same_key_2df4f', table='traffic_queue', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sourceagent',
            trigger=pgtrigger.compiler.Trigger(name='kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='f63e04a8f8174fbf89f820ff6dd88a2a4c22906c', operation='DELETE', pgid='pgtrigger_kept_ba89d', table='traffic_sourceagent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sourceagent',
            trigger=pgtrigger.compiler.Trigger(name='same_key', sql=pgtrigger.compiler.UpsertTriggerSql(func='RAISE EXCEPTION \'pgtrigger: Cannot update of "id" rows from % table\', TG_TABLE_NAME;', hash='3efb86741f802acd2d1c8890faf27649fc1f1f87', operation='UPDATE OF "id"', pgid='pgtrigger_same_key_3abf7', table='traffic_sourceagent', when='BEFORE')),
        ),
    ]
