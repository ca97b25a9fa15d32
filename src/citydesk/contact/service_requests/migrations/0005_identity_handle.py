from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("service_requests", "0004_queue_at")]

    operations = [
        migrations.AddField("servicerequest", "identity_handle", models.UUIDField(blank=True, null=True)),
    ]
