"""What lies on paper and on people's opening pages in the demo city: letters to print, a batch to mail, targets that
ran out, yesterday's sample of what was taken down."""

from datetime import timedelta
from typing import Any

from citydesk.city.correspondence import services as correspondence
from citydesk.city.profile import queries as profile
from citydesk.contact.service_requests import services as requests
from config.demo import told
from config.demo.settle import settle_year
from config.demo.words import answers_to, said

DAY = timedelta(days=1)
PRINTED = 2


def make_paper(year: Any) -> None:
    """Requests of people who want letters, the first of them printed and not yet mailed; escalations; the sample."""
    known = profile.entries("services", profile.city_today(year.end))
    for at, letter in enumerate(told.stories("letter")):
        code, language = letter["service"], letter["language"]
        moment = year.end - letter["days"] * DAY + timedelta(minutes=11 * at)
        clerk = year.office.clerk(language, year.chance)
        entry = known[code]
        requests.record_request(
            intake=requests.RequestIntake(
                service_code=code,
                channel="letter",
                received_at=moment,
                description=said(code, entry["name"], language, year.chance),
                answers=answers_to(entry["questions"], year.chance, moment.date()),
                place=year.places[3 + at],
                reporter=requests.Person(letter["name"], "letter", letter["address"], language),
                language=language,
            ),
            actor=clerk.actor,
            now=moment,
        )
        settle_year(moment)
        if at + 1 == PRINTED:
            correspondence.print_letters(access=clerk, now=moment + timedelta(hours=1))
    while requests.escalate_due(now=year.end):
        pass
    requests.draw_entry_sample(day=profile.city_today(year.end - DAY), now=year.end)
