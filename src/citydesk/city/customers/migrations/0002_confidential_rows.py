from django.db import migrations

# Not FORCE: the owner of the table (migrations, backups) sees the rows; the application's own role, where a city
# separates the two, sees them only in a transaction that says it opens an identity.
FORWARD = """
ALTER TABLE customers_confidentialidentity ENABLE ROW LEVEL SECURITY;
CREATE POLICY customers_opened ON customers_confidentialidentity
  USING ((SELECT NULLIF(current_setting('citydesk.opens_identity', true), '')) = 'yes');
"""
BACKWARD = """
DROP POLICY customers_opened ON customers_confidentialidentity;
ALTER TABLE customers_confidentialidentity DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
