"""Settings, root URLs, the command line and the demo city."""
