"""Base backups, the archive of the database's log, and a database restored to a minute. `docs/admin/backup.md`."""
