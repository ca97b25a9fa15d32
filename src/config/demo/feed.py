"""The demo city's telephone goes on ringing: `citydesk demo` runs this beside its servers, so that today's board moves;
and the desk goes on writing down what was said.

It is a process of the demo alone. Nothing of the house starts or imports it; it refuses production settings and a
practice city; and in a database without the demo's own switch it tells nothing.
"""

import time
from datetime import datetime

EACH_SECONDS = 3.0


def main() -> None:
    """Tell what the switch hears until somebody ends this process. Raises `LauncherRefused` in production."""
    from config.cli.main import set_up_django
    from config.launcher.server import refuse_production

    refuse_production()
    set_up_django()
    from citydesk.kernel.practice import require_agreement

    require_agreement()
    last: datetime | None = None
    while True:
        last = tell_once(last)
        time.sleep(EACH_SECONDS)


def tell_once(last: datetime | None) -> datetime | None:
    """Tell what is new since a moment, or since the switch was heard last; returns up to when all is told, if it is."""
    import structlog
    from django.db import close_old_connections

    from citydesk.kernel.clock import utc_now
    from config.demo import calls, switch

    now = utc_now()
    try:
        known = switch.made_and_heard()
        if known is None:
            return None
        made = switch.switch_made_at(known[0])
        if last is None:
            switch.catch_up(made, known[1], now)
        else:
            switch.tell_on(made, last, now)
        calls.write_on(made, last or max(known[1], now - switch.MOST_MISSED), now)
    except Exception:  # a telephone that cannot ring for a moment must not end the servers beside it
        structlog.get_logger("demo").exception("demo.feed")
        close_old_connections()
        return None
    return now


if __name__ == "__main__":
    main()
