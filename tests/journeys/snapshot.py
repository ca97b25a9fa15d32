"""Rows of a loaded city kept in memory, so that each scripted day begins with them without loading them again."""

from django.db import connection, transaction

from tests.fixtures.emptying import empty, may_unguard

LEAVE = ("django_migrations", "django_content_type", "auth_permission", "procrastinate_%", "staff_shared_value")


EMPTY = 21  # bytes of a binary copy without a row: its head and its end


class Snapshot:
    """Every table's rows and every sequence's place, as PostgreSQL writes them."""

    def __init__(self) -> None:
        self.rows: dict[str, bytes] = {}
        self.places: dict[str, int] = {}

    def take(self) -> None:
        """Keep what the database holds now."""
        with transaction.atomic(), connection.cursor() as cursor:
            for table in self._tables(cursor):
                with cursor.copy(f"COPY {table} TO STDOUT (FORMAT binary)") as copied:
                    rows = b"".join(bytes(part) for part in copied)
                if len(rows) > EMPTY:
                    self.rows[table] = rows
            cursor.execute("SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'")
            self.places = {name: value for name, value in cursor.fetchall() if value and "procrastinate" not in name}

    def restore(self) -> None:
        """Put it back into emptied tables; what was whole when it was taken is not checked anew."""
        empty()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET ROLE NONE")  # whatever role the journey works as
            if may_unguard(cursor):
                cursor.execute("SET LOCAL session_replication_role = replica")
            for table, rows in self.rows.items():
                with cursor.copy(f"COPY {table} FROM STDIN (FORMAT binary)") as copied:
                    copied.write(rows)
            for name, value in self.places.items():
                cursor.execute("SELECT setval(%s, %s)", [name, value])
            cursor.execute("RESET ROLE")

    def _tables(self, cursor) -> list[str]:
        """Tables with a stored row each; partitions are written through their parents."""
        cursor.execute(
            "SELECT quote_ident(c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND c.relkind = 'r' AND NOT c.relispartition"
            " AND NOT (c.relname LIKE ANY (%s)) ORDER BY 1",
            [list(LEAVE)],
        )
        return [name for (name,) in cursor.fetchall()]
