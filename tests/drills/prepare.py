"""What a drill does to its city from inside: `city` fills it, `messages N SEED` queues letters, `later` sweeps."""

import asyncio
import json
import sys
from datetime import timedelta

import django

django.setup()

from citydesk.kernel.actors import SYSTEM  # noqa: E402
from citydesk.kernel.clock import utc_now  # noqa: E402

LETTER = """+++
subject = "Letter {number}"
sms = "Letter {number}"
purpose = "drill"
sample = true
+++
This is letter {number}.
"""


def city() -> None:
    """Codes, districts, an address, two requests, a key that may report, a supervisor who is signed in."""
    from django.conf import settings
    from django.test import Client

    from citydesk.city.places.tests.factories import make_address, make_districts
    from citydesk.city.staff.tests.factories import make_user
    from citydesk.contact.service_requests.tests.factories import load_city, make_request
    from citydesk.contact.service_requests.tests.open311 import make_key

    letters = {f"templates/drill.{language}.md": LETTER for language in ("en", "es")}
    load_city(letters, now=utc_now() - timedelta(days=400))
    make_districts()
    make_address("1200 Oak St")
    made = [make_request(now=utc_now() - timedelta(hours=hours)) for hours in (30, 5)]
    user = make_user("dana", roles=["supervisor"], teams=["public_works"])
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    facts = {
        "key": make_key(),
        "session": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "user": user.pk,
        "numbers": [one.number for one in made],
        "tracks": [one.public_token for one in made],
    }
    print(json.dumps(facts))


def messages(count: str, seed: str) -> None:
    """Letters to as many people, each with a key of its own."""
    from django.db import transaction

    from citydesk.city.correspondence import services
    from citydesk.city.correspondence.services import About

    with transaction.atomic():
        for number in range(int(count)):
            services.send(
                template="drill",
                language="en",
                channel="email",
                to=f"resident{number}@example.org",
                fields={"number": str(number)},
                about=About("drill", number, str(number)),
                key=f"drill-{seed}-{number}",
                actor=SYSTEM,
                now=utc_now(),
            )


def webhooks(count: str, *urls: str) -> None:
    """Programs at these addresses, and for each so many events that wait for it."""
    from citydesk.contact.referrals.choices import HOOK_EVENTS
    from citydesk.contact.referrals.models import Delivery, Webhook
    from citydesk.kernel import outbox
    from citydesk.kernel.sealing import seal

    now = utc_now()
    for url in urls:
        secret = seal("whs_drill", purpose="referrals.webhook")
        hook = Webhook.objects.create(name="Drill", url=url, secret=secret, events=list(HOOK_EVENTS), made_at=now)
        for number in range(int(count)):
            facts = {"event": "drill", "event_id": f"drill-{hook.pk}-{number}", "payload": {"drill": number}}
            row = Delivery.objects.create(webhook=hook, made_at=now, next_at=now, **facts)
            outbox.defer("referrals.deliver", queue="outside", delivery_id=row.pk)


def later() -> None:
    """What the sweeps of the next minutes do, now: jobs, letters and posts whose process died."""
    from procrastinate.contrib.django import app

    from citydesk.city.correspondence import services
    from citydesk.contact.service_requests.services import open311
    from citydesk.kernel.stalled import give_back_stalled

    soon = utc_now() + timedelta(minutes=6)
    said = {
        "jobs": asyncio.run(give_back_stalled(app, seconds=30, at=utc_now())),
        "letters": services.settle_unheard(now=soon),
        "posts": open311.work_left_posts(now=soon),
    }
    print(json.dumps(said))


def doctor() -> None:
    """All that the doctor finds, whatever is wrong in a drill's city."""
    from dataclasses import asdict

    from config.cli.doctor import look

    print(json.dumps([asdict(one) for one in look()]))


if __name__ == "__main__":
    acts = {"city": city, "messages": messages, "webhooks": webhooks, "later": later, "doctor": doctor}
    acts[sys.argv[1]](*sys.argv[2:])
