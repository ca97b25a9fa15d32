from django.db import migrations, models
from django.db.models import PROTECT

_CUSTOMER = {"null": True, "on_delete": PROTECT, "related_name": "+", "to": "customers.customer"}


class Migration(migrations.Migration):
    """Plain numbers become references: the columns keep their names and their values."""

    dependencies = [
        ("customers", "0002_confidential_rows"),
        ("places", "0001_initial"),
        ("interactions", "0001_initial"),
    ]

    operations = [
        migrations.RemoveIndex("interaction", "interactions_customer"),
        migrations.RemoveIndex("promise", "interactions_promise_customer"),
        migrations.RenameField("interaction", "customer_id", "customer"),
        migrations.RenameField("interaction", "address_id", "address"),
        migrations.RenameField("promise", "customer_id", "customer"),
        migrations.RenameField("privacytask", "wrong_customer_id", "wrong_customer"),
        migrations.RenameField("privacytask", "right_customer_id", "right_customer"),
        migrations.AlterField("interaction", "customer", models.ForeignKey(db_index=False, **_CUSTOMER)),
        migrations.AlterField(
            "interaction",
            "address",
            models.ForeignKey(db_index=False, null=True, on_delete=PROTECT, related_name="+", to="places.address"),
        ),
        migrations.AlterField("promise", "customer", models.ForeignKey(db_index=False, **_CUSTOMER)),
        migrations.AlterField("privacytask", "wrong_customer", models.ForeignKey(**_CUSTOMER)),
        migrations.AlterField("privacytask", "right_customer", models.ForeignKey(**_CUSTOMER)),
        migrations.AddIndex(
            "interaction", models.Index(fields=["customer", "-received_at"], name="interactions_customer")
        ),
        migrations.AddIndex("promise", models.Index(fields=["customer"], name="interactions_promise_customer")),
    ]
