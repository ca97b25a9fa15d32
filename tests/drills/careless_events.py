"""The event process without its thrift, for the negative control: each desk's news is asked of the database anew."""

import sys

import psycopg

from citydesk.kernel.live import server
from citydesk.kernel.live.hub import Hub, Listener


class CarelessHub(Hub):
    """One connection and one question for each open desk and each notice, where one write would do."""

    def _send(self, audience: list[Listener], message: bytes) -> int:
        for _one in audience:
            with psycopg.connect(**server.database_of_settings()) as link:
                link.execute("SELECT count(*) FROM knowledge_bulletin WHERE withdrawn_at IS NULL")
        return super()._send(audience, message)


server.Hub = CarelessHub

if __name__ == "__main__":
    raise SystemExit(server.main(sys.argv[1:]))
