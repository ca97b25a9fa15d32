"""Settings: `base` reads the environment; `test` makes the test suite fast. Production is refused without real secrets."""

from config.settings.base import *  # noqa: F403
