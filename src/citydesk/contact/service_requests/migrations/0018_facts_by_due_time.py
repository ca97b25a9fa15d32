from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("service_requests", "0017_counted_by_the_worker"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="requestfact",
            index=models.Index(condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="sr_fact_due"),
        ),
    ]
