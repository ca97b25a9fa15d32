"""DATABASE_URL to Django's dictionary; one line of parsing is not worth a dependency."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

# Nothing set and nothing launched yet: settings load, and whoever asks the database hears that it is not there.
NO_SERVER = "postgresql:///citydesk"


# How long one statement of a page may take, in milliseconds, and of one that says it is long (`kernel.limits`): a
# report, a chart, a file. The exact figures of a report over ten million rows take 12 s. Jobs, commands and migrations
# have no such end.
PAGE_STATEMENT, LONG_STATEMENT = 5_000, 60_000


def database_from_url(url: str, var: Path | None = None) -> dict[str, Any]:
    """Django's `DATABASES` entry for `postgresql://user:password@host:port/name?options`.

    An empty URL means the launcher's own server, whose address stands in `var/postgres/url`.
    """
    parts = urlsplit(url or launched(var) or NO_SERVER)
    options: dict[str, Any] = dict(parse_qsl(parts.query, keep_blank_values=True))
    # psycopg's own default, which Django switches off: the statements of `kernel.statements` are prepared, the models'
    # never are. Behind a pooler that hands out a connection by the transaction write `?prepare_threshold=`.
    threshold = options.get("prepare_threshold", "5")
    options["prepare_threshold"] = int(threshold) if threshold else None
    # They all go by an index, so one plan serves every value; PostgreSQL would plan lists of values anew each time.
    # Compiling (`jit`) the many small parts of a report takes longer than running them: 57 s against 12 s, measured.
    # With PostgreSQL's 4 MB an unfinished word of a large table forgets which rows of a page it meant, and reads them
    # all: 15,000 rows too many in a million, 510 ms against 172.
    options.setdefault("options", "-c plan_cache_mode=force_generic_plan -c jit=off -c work_mem=16MB")
    # A page that asks for what never ends is cut off, and the next one finds its connection free again.
    if os.environ.get("CITYDESK_ROLE") == "web":
        options["options"] += f" -c statement_timeout={PAGE_STATEMENT}"
    host = options.pop("host", None) or parts.hostname or ""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(host),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
        "TEST": {"NAME": os.environ.get("CITYDESK_TEST_DB", "test_citydesk")},
    }


def launched(var: Path | None) -> str:
    """The address of the launcher's own server, or an empty text when it never started one."""
    file = (var or Path("var")) / "postgres/url"
    return file.read_text().strip() if file.exists() else ""
