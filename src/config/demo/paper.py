"""What lies on paper and on people's opening pages in the demo city: letters to print, a batch to mail, targets that
ran out, yesterday's sample of what was taken down."""

from datetime import timedelta
from typing import Any

from citydesk.city.correspondence import services as correspondence
from citydesk.city.profile import queries as profile
from citydesk.contact.service_requests import services as requests
from config.demo.settle import settle_year
from config.demo.words import answers_to, said

DAY = timedelta(days=1)
# Days before the end, code, name and address ({city}: as the profile names it) of who asked for letters, language.
LETTERS = (
    (4, "sidewalk_damage", "Odell Barnes", "1218 Quarry Rd, {city} 37400", "en"),
    (3, "pothole", "Carmen Ibáñez", "77 Mill St Apt 3, {city} 37401", "es"),
    (2, "street_light_out", "Ruth Ann Kessler", "402 Depot Ave, {city} 37400", "en"),
    (1, "missed_trash", "Ignacio Robles", "15 Levee Rd, {city} 37402", "es"),
    (1, "pothole", "Winifred Oakes", "9 Chapel Ln, {city} 37400", "en"),
)
PRINTED = 2


def make_paper(year: Any) -> None:
    """Requests of people who want letters, the first of them printed and not yet mailed; escalations; the sample."""
    known = profile.entries("services", profile.city_today(year.end))
    city = f"{profile.city().name}, {profile.city().state}"
    for at, (days, code, name, address, language) in enumerate(one for one in LETTERS if one[1] in known):
        moment = year.end - days * DAY + timedelta(minutes=11 * at)
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
                reporter=requests.Person(name, "letter", address.format(city=city), language),
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
