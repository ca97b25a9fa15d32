"""The web process's door."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from django.db import connection  # noqa: E402 - after Django is there

from citydesk.kernel.practice import require_agreement  # noqa: E402

require_agreement()
connection.close()  # the thread that loads this serves no request
