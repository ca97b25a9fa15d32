from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workforce', '0010_shrinkage_by_slot'),
    ]

    operations = [
        migrations.AddField(
            model_name='activity',
            name='part',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='gathering',
            name='may_split',
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
