"""The web server: granian, with one listening socket that its main process keeps: `python -m config.web`.

On Linux granian lets each worker listen for itself. Whoever knocks while the last old worker ends and the new one is
not up is then turned away, and what a killed worker had not yet taken is lost. Here people wait in the one queue
instead, so that a reload (HUP) turns nobody away however long the new program takes to start.
`tests/drills/test_upgrade.py` holds it.

The threads that `--blocking-threads` names are those that work; the server gets more, in which people wait or are
told to come later (`config.shedding`).
"""

import os
import socket
import sys
from typing import Any

from granian import cli
from granian.server.mp import MPServer, SocketHolder

from config.shedding import AT_ONCE, threads_for


class SteadyServer(MPServer):
    """granian's server for processes, with the way of sharing that it uses on other systems."""

    def _init_shared_socket(self) -> None:
        os.environ[AT_ONCE] = str(self.blocking_threads)  # its workers inherit it
        self.blocking_threads = threads_for(self.blocking_threads)
        if self.bind_uds:
            super()._init_shared_socket()
            return
        self._sso = listening(self.bind_addr, self.bind_port, self.backlog)
        holder: Any = SocketHolder
        self._shd = holder(self._sso.fileno(), False, self.backlog)
        self._sfd = self._sso.fileno()
        self._ssp = None


def listening(host: str, port: int, backlog: int) -> Any:
    """A socket that listens; its number is handed to the workers. Raises `OSError` when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    line = socket.socket(family, socket.SOCK_STREAM)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    line.bind((host, port))
    line.listen(backlog)
    line.setblocking(False)
    line.set_inheritable(True)
    return line


if __name__ == "__main__":
    os.environ["CITYDESK_ROLE"] = "web"  # its workers inherit it
    cli.Server = SteadyServer
    sys.exit(cli.entrypoint())
