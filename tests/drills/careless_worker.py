"""A worker without its protection, for negative controls: it sends, and notes nothing before; or, with
DRILL_CARELESS=lanes, all its jobs stand in one line, and who does not hear is asked again and again."""

import os
import sys

from config.cli.main import main, set_up_django


def be_careless() -> None:
    """Take away the note that a try has begun."""
    set_up_django()
    from citydesk.city.correspondence.models import Message
    from citydesk.city.correspondence.services import delivery

    def note_start(message_id, now):
        return None if Message.objects.get(pk=message_id).state != "queued" else 0

    def note_end(message_id, attempt_id, outcome, why, reference, now):
        Message.objects.filter(pk=message_id).update(state="sent")
        return "sent"

    delivery._note_start, delivery._note_end = note_start, note_end


def stand_in_one_line() -> None:
    """No lanes, no rest for whoever does not hear; and less patience, so that the control is short."""
    from citydesk.contact.referrals.services import webhooks
    from citydesk.kernel import outward
    from config.cli import work

    everything = tuple(queue for queues, _most in work.LANES.values() for queue in queues)
    work.LANES = {"house": (everything, 4)}
    webhooks.RESTS_AFTER = 10**9
    outward.TOTAL_SECONDS = 3.0


if __name__ == "__main__":
    os.environ["CITYDESK_ROLE"] = "worker"
    if os.environ.get("DRILL_CARELESS") == "lanes":
        set_up_django()
        stand_in_one_line()
    else:
        be_careless()
    sys.exit(main())
