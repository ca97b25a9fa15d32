"""Runs in django-helpdesk's own environment: its tickets made by SQL, its pages asked as its staff ask them.

`python -m tests.bench.helpdesk.there` reads a JSON object a line from standard input: first the database, sizes and
words, then what is to be measured and how often, until there is no more; each is answered by a line with the costs.
Nothing of Citydesk is imported; the times are taken by the same module that takes Citydesk's.
"""

import json
import os
import re
import sys
from base64 import b64encode
from dataclasses import asdict
from itertools import count, cycle
from typing import Any

APPS = ("admin", "auth", "contenttypes", "sessions", "messages", "staticfiles", "sites", "humanize")
MIDDLEWARE = (
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
)
PROCESSORS = (
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
)
PAGE = 50
# Runs before the first measured one; the whole list takes seconds each time.
WARM = {"list_one_queue": 10, "list": 10, "list_whole": 1, "ticket": 10, "create": 3, "create_in_session": 10}
PASSWORD = "as long as a program's"  # hashed as Django does by default

# The same teams, states, times and words as Citydesk's requests have (tests/bench/load.py): 2 percent are open.
_TICKETS = """
INSERT INTO helpdesk_ticket (id, title, created, modified, submitter_email, status, on_hold, description, resolution,
    priority, due_date, queue_id, secret_key)
SELECT n, left(problem || ', ' || more, 200), at, at, 'reporter' || n || '@example.org',
    CASE WHEN n > %(count)s * 0.9 AND n %% 5 = 2 THEN 1 ELSE 4 END, false,
    problem || ' near ' || street || ', ' || more, '', 1 + n %% 5, at + (1 + n %% 12) * interval '1 day',
    1 + (power(((n * 104729) %% 10009) / 10009.0, 1.5) * (%(teams)s - 1))::int, md5(n::text)
FROM (
    SELECT n, now() - (%(count)s - n + 1) * interval '5 years' / %(count)s AS at,
        %(problems)s::text[] AS problems, (%(problems)s::text[])[1 + (n * 31) %% cardinality(%(problems)s::text[])]
        AS problem, (%(more)s::text[])[1 + (n * 17) %% cardinality(%(more)s::text[])] AS more,
        (%(names)s::text[])[1 + (n * 6151) %% cardinality(%(names)s::text[])]
        || (%(ends)s::text[])[1 + (n / 7) %% cardinality(%(ends)s::text[])] AS street
    FROM generate_series(1::bigint, %(count)s::bigint) n
) made
"""
_FOLLOW_UPS = """
INSERT INTO helpdesk_followup (date, title, comment, public, new_status, ticket_id, user_id)
SELECT created + step * interval '1 day', CASE step WHEN 0 THEN 'Ticket Opened' ELSE 'Comment' END,
    'Looked at on the way; ' || title, true, CASE WHEN step = 1 AND status = 4 THEN 4 END, id, %(user)s
FROM helpdesk_ticket CROSS JOIN generate_series(0, 1) step
"""


def set_up(database: dict[str, str]) -> None:
    """A site as the project's own instructions make it: production settings, nothing that watches or debugs."""
    import django
    from django.conf import settings

    settings.configure(
        SECRET_KEY="only for a measurement",
        DEBUG=False,
        ALLOWED_HOSTS=["*"],
        USE_TZ=True,
        # Workers of a parallel query are processes of their own; without them all CPU time is the one backend's.
        DATABASES={"default": {**database, "OPTIONS": {"options": "-c max_parallel_workers_per_gather=0"}}},
        INSTALLED_APPS=[*(f"django.contrib.{name}" for name in APPS), "rest_framework", "helpdesk"],
        MIDDLEWARE=list(MIDDLEWARE),
        # Without debug Django puts the cached loader around these by itself.
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {"context_processors": list(PROCESSORS)},
            }
        ],
        ROOT_URLCONF="tests.bench.helpdesk.addresses",
        EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
        SITE_ID=1,
        STATIC_URL="/static/",
        LOGIN_URL="/login/",
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        HELPDESK_TEAMS_MODE_ENABLED=False,
        LOGGING={"version": 1, "disable_existing_loggers": True},
    )
    django.setup()


def fill(given: dict[str, Any]) -> Any:
    """Tables, mail texts, a staff user with fifty tickets a page, queues and tickets; returns the user."""
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import connection
    from helpdesk.models import Queue

    call_command("migrate", verbosity=0)
    call_command("loaddata", "emailtemplate.json", verbosity=0)
    user = User.objects.create_user("clerk", "clerk@example.org", PASSWORD, is_staff=True, is_superuser=True)
    user.usersettings_helpdesk.tickets_per_page = PAGE
    user.usersettings_helpdesk.save()
    for one in range(given["teams"]):
        Queue.objects.create(title=f"Team {one}", slug=f"team-{one}", email_address=f"team{one}@example.org")
    with connection.cursor() as cursor:
        cursor.execute(_TICKETS, given)
        cursor.execute(_FOLLOW_UPS, {"user": user.pk})
        for table in ("ticket", "followup"):
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('helpdesk_{table}', 'id'), max(id)) FROM helpdesk_{table}"
            )
            cursor.execute(f"VACUUM ANALYZE helpdesk_{table}")
    return user


class Listed:
    """What the browser of a clerk asks for to show the list: the page, then the rows that its script fetches."""

    def __init__(self, browser: Any, query: str) -> None:
        self.browser = browser
        self.page = f"/tickets/{query}"
        # What the page's script sends when the list is first shown; the rows' address stands in the page.
        said = re.search(rb'"url": "(/datatables_ticket_list/[^"]*)"', browser.get(self.page))
        self.rows = f"{said[1].decode()}?draw=1&start=0&length={PAGE}&search[value]=&search[regex]=false"
        found = json.loads(browser.get(self.rows))
        self.shown, self.found = len(found["data"]), found["recordsFiltered"]

    def __call__(self) -> None:
        self.browser.get(self.page)
        self.browser.get(self.rows)


def busiest_queue() -> int:
    from django.db.models import Count
    from helpdesk.models import Ticket

    return Ticket.objects.filter(status=1).values_list("queue_id").annotate(n=Count("id")).order_by("-n")[0][0]


# What a clerk of the busiest queue, of all queues, and of all tickets ever asks the list for.
_LISTS = {
    "list_one_queue": "?queue={queue}&status=1&sort=due_date",
    "list": "",
    "list_whole": "?status=1&status=2&status=3&status=4&status=5&sort=due_date",
}


class Acts:
    """What can be asked of the site, warm from the first time it was asked."""

    def __init__(self, user: Any) -> None:
        from tests.bench.cost import Browser

        self.browser, self.queue = Browser(user), busiest_queue()
        self.known: dict[str, Any] = {}

    def cost(self, act: str, times: int) -> dict[str, float]:
        """The cost of a list, of `ticket`, `create` or `create_in_session`; a list tells what it shows, too."""
        from tests.bench.cost import cost_of

        warm = 0 if act in self.known else WARM[act]
        asked = self.known[act] = self.known.get(act) or self._act(act)
        shows = {"shown": asked.shown, "found": asked.found} if isinstance(asked, Listed) else {}
        return {**asdict(cost_of(asked, times=times, warm=warm)), **shows}

    def _act(self, act: str) -> Any:
        from helpdesk.models import Ticket

        if act in _LISTS:
            return Listed(self.browser, _LISTS[act].format(queue=self.queue))
        if act in ("create", "create_in_session"):
            numbers, program = count(), self.browser if act == "create_in_session" else _program()
            return lambda: program.post("/api/tickets/", _ticket(self.queue, next(numbers)))
        known = Ticket.objects.filter(status=1, queue_id=self.queue).order_by("id").values_list("id", flat=True)
        tickets = cycle(known[:40])
        return lambda: self.browser.get(f"/tickets/{next(tickets)}/")


def _program() -> Any:
    """A program that sends its credentials with each call, as the documentation's example of making a ticket does."""
    from tests.bench.cost import Browser

    program = Browser()
    program.headers["HTTP_AUTHORIZATION"] = f"Basic {b64encode(f'clerk:{PASSWORD}'.encode()).decode()}"
    return program


def _ticket(queue: int, at: int) -> dict[str, Any]:
    return {
        "queue": queue,
        "title": f"deep hole in the right lane {at}",
        "description": f"deep hole in the right lane, caller worried about children {at}",
        "submitter_email": f"reporter{at}@example.org",
        "priority": 3,
    }


def main() -> None:
    # The answers go out by themselves: nothing that an application prints can come between.
    out, sys.stdout = os.fdopen(os.dup(1), "w"), sys.stderr
    given = json.loads(sys.stdin.readline())
    set_up(given["database"])
    acts = Acts(fill(given))
    for line in sys.stdin:
        print(json.dumps(acts.cost(**json.loads(line))), file=out, flush=True)


if __name__ == "__main__":
    main()
