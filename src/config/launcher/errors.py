"""Why the launcher cannot start something, in words for the person at the terminal."""


class LauncherRefused(Exception):
    """The launcher will not or cannot start a server; the message says what to do."""
