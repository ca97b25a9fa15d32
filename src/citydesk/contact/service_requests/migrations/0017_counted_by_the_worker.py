from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("service_requests", "0016_open_state_statistics"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("recomputeproposal", "counted_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("recomputeproposal", "finished_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("recomputeproposal", "total", models.PositiveIntegerField(default=0)),
        migrations.AddField("recomputeproposal", "looked_at", models.PositiveIntegerField(default=0)),
        migrations.AddField("recomputeproposal", "last_id", models.BigIntegerField(default=0)),
        migrations.AddField("recomputeproposal", "sample", models.JSONField(default=list)),
        migrations.AddField("recomputeproposal", "result", models.JSONField(default=dict)),
        migrations.AddField("recomputeproposal", "problem", models.CharField(blank=True, max_length=20)),
        migrations.AlterField("recomputeproposal", "reason", models.TextField(blank=True)),
        migrations.AddConstraint(
            "recomputeproposal",
            models.CheckConstraint(
                condition=models.Q(("state__in", ["counting", "counted", "stopped"]))
                | models.Q(("reason", ""), _negated=True),
                name="sr_recompute_reason",
            ),
        ),
        migrations.AddConstraint(
            "recomputeproposal",
            models.CheckConstraint(
                condition=models.Q(("state__in", ["applying", "applied"]), _negated=True)
                | models.Q(("decided_by__isnull", False)),
                name="sr_recompute_approved",
            ),
        ),
    ]
