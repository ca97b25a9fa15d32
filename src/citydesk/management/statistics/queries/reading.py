"""Who reads a report, of what, when: what every figure of a page is asked with."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.urls import reverse

from citydesk.city.profile import queries as profile
from citydesk.kernel.texts import count
from citydesk.management.statistics.queries.sealed import NONE, Sealed, sealed_in
from citydesk.management.statistics.queries.together import Answers
from citydesk.management.statistics.rules.asking import Asked
from citydesk.management.statistics.rules.cells import is_small


@dataclass(frozen=True)
class Reading:
    """Who reads the report, of what, when."""

    asked: Asked
    may_see_small: bool
    now: datetime
    may_see_sealed: bool = True
    # Which resident answered what.
    may_see_answers: bool = False
    answers: Answers = field(default_factory=Answers, compare=False, repr=False)

    @property
    def today(self) -> date:
        return profile.city_today(self.now)

    @property
    def small(self) -> int:
        """Counts under this are small: the profile's number."""
        return profile.city(self.today).small_cell

    @property
    def small_sign(self) -> str:
        """What stands in place of a small count: fewer than so many."""
        return f"< {self.small}"

    @cached_property
    def sealed(self) -> Sealed:
        """Where confidential requests are counted; nowhere for readers who may know of them."""
        return NONE if self.may_see_sealed else sealed_in(self.asked, self.now)

    def hides(self, number: float | None) -> bool:
        """Whether a figure of the whole is too small for this reader."""
        if number is None or not is_small(int(number), self.small):
            return False
        return not self.may_see_small or bool(self.sealed.cells)

    def shown(self, number: float) -> str:
        """A count of the whole, or the sign of a small one where this reader may not see it."""
        return self.small_sign if self.hides(number) else str(count(int(number)))

    def contacts_behind(self, what: str, asked: Asked) -> str:
        """The address of the contacts behind a figure of a first contact."""
        return f"{reverse('statistics:contacts')}?what={what}&{asked.query()}"

    def records(self, what: str, asked: Asked | None = None, **filters: Any) -> str:
        """The address of the requests behind a figure."""
        chosen = asked or self.asked
        page = "statistics:contacts" if what == "contacts" else "statistics:records"
        query = chosen.query(**{name: (value,) for name, value in filters.items()})
        start = f"{reverse(page)}?" + ("" if what == "contacts" else f"what={what}&")
        return start + query
