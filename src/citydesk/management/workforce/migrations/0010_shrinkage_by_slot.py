from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workforce', '0009_opening'),
    ]

    operations = [
        migrations.AddField(
            model_name='shrinkagemeasure',
            name='by_slot',
            field=models.JSONField(blank=True, null=True),
        ),
    ]
