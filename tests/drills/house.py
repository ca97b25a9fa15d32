"""Web server, worker and event process under the house's own supervisor, for drills: `--parts web,worker,events`.

Three things differ from `citydesk serve --all`: the settings are the drill's, a part that is killed soon after its
start is started again as often as it takes, and `--careless` runs the programs without
their protection, for the negative controls.
"""

import argparse
import os
import sys

from config.cli.serve import parts_of
from config.launcher import processes


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--parts", required=True)
    parser.add_argument("--careless", action="store_true")
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    # A drill kills a part right after its start, again and again: that is no sign of a part that cannot run.
    processes.TOO_SOON_SECONDS = 0.0
    chosen = [part for part in parts_of("127.0.0.1", given.port, given.workers) if part.name in given.parts.split(",")]
    for part in chosen:
        part.environment["DJANGO_SETTINGS_MODULE"] = os.environ["DJANGO_SETTINGS_MODULE"]
        if given.careless:
            part.command = [careless(word) for word in part.command]
    supervisor = processes.Supervisor(chosen, port=given.port)
    supervisor.start()
    try:
        return supervisor.watch()
    finally:
        supervisor.stop()


def careless(word: str) -> str:
    """The program without its protection in place of the real one."""
    return {
        "config.wsgi:application": "tests.drills.careless_web:application",
        "config.cli": "tests.drills.careless_worker",
    }.get(word, word)


if __name__ == "__main__":
    sys.exit(main())
