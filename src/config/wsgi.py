"""The web process's door."""

import os

from django.core.wsgi import get_wsgi_application

from config import collector
from config.shedding import AT_ONCE, WaitingRoom

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from django.db import connection  # noqa: E402 - after Django is there

from citydesk.kernel.practice import require_agreement  # noqa: E402

require_agreement()
collector.settle()
connection.close()  # the thread that loads this serves no request
if os.environ.get(AT_ONCE):  # said by config.web, whose threads are so many that all who wait find one
    application = WaitingRoom(application, int(os.environ[AT_ONCE]))  # type: ignore[assignment]  # another application of WSGI
