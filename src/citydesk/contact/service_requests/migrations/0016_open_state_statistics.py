from django.db import migrations


class Migration(migrations.Migration):
    """PostgreSQL learns that open states are those of open requests.

    Of a million requests two in a hundred are open. Taken apart, "is open" and "state is open" are both rare, so both
    together would be hardly a row; the planner then reads and sorts a team's whole queue instead of walking along
    its index to the end of the page (9.3 ms against 0.1 for a queue of 1,500).
    """

    dependencies = [("service_requests", "0015_fewer_indexes")]

    operations = [
        migrations.RunSQL(
            "CREATE STATISTICS sr_open_state (mcv) ON is_open, is_held, state FROM service_requests_servicerequest",
            "DROP STATISTICS sr_open_state",
        ),
        migrations.RunSQL("ANALYZE service_requests_servicerequest", migrations.RunSQL.noop),
    ]
