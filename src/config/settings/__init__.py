"""Settings: `base` reads the environment; `test` makes the test suite fast."""

from config.settings.base import *  # noqa: F403
