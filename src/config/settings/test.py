"""Settings of the test suite: same database engine, cheap hashing, mail in memory, files in a temporary folder."""

import os
import tempfile
from pathlib import Path

from config.settings.base import *  # noqa: F403

os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="citydesk-test-metrics-")
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
SMS_ADAPTER = "citydesk.city.correspondence.providers.MemoryAdapter"
MEDIA_ROOT = Path(tempfile.mkdtemp(prefix="citydesk-test-files-"))
STORAGES = {
    **STORAGES,  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
LOGGING = logging_settings("WARNING")  # noqa: F405
