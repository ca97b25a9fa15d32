from django.db import migrations

# The owner reads as everybody else does: within what says that it opens an identity. Dumps and restores say so.
FORWARD = "ALTER TABLE customers_confidentialidentity FORCE ROW LEVEL SECURITY"
BACKWARD = "ALTER TABLE customers_confidentialidentity NO FORCE ROW LEVEL SECURITY"


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_fewer_indexes")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
