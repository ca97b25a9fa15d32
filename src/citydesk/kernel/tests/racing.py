"""Several calls at the same moment, each on a connection of its own; for tests with `transaction=True`."""

import threading
from collections.abc import Callable

from django.db import connection

from citydesk.kernel.errors import CitydeskError


def race(*calls: Callable[[], object], done: str = "") -> list[str]:
    """Run the calls at the same moment; what each returned (`done`, where that is given), or its error's code."""
    barrier = threading.Barrier(len(calls))
    results = [""] * len(calls)

    def run(at: int, call: Callable[[], object]) -> None:
        try:
            barrier.wait(60)
            value = call()
            results[at] = done or str(value)
        except CitydeskError as error:
            results[at] = error.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(at, call)) for at, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return results
