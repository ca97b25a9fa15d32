from django.contrib.postgres.operations import BtreeGistExtension, CITextExtension, TrigramExtension, UnaccentExtension
from django.db import migrations


class Migration(migrations.Migration):
    """Everything PostgreSQL 15 brings along that the rooms build on; a room's migration that needs one depends on this."""

    dependencies = [("kernel", "0002_number_sequences")]

    operations = [BtreeGistExtension(), CITextExtension(), TrigramExtension(), UnaccentExtension()]
