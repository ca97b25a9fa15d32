"""Starts what a demo or a test run needs on this machine: PostgreSQL, the web server, the worker, the event process.

Never used in production: there, DATABASE_URL names the server and a service manager runs the processes.
"""

from config.launcher.errors import LauncherRefused
from config.launcher.server import Server, database_url, demo_server, test_server

__all__ = ["LauncherRefused", "Server", "database_url", "demo_server", "test_server"]
