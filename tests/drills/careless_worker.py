"""A worker without its protection, for the negative control: it sends, and notes nothing before."""

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


if __name__ == "__main__":
    os.environ["CITYDESK_ROLE"] = "worker"
    be_careless()
    sys.exit(main())
