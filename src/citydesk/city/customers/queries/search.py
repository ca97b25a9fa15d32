"""Finding a customer by any fragment: part of a name, four digits of a phone, an e-mail, an address, a number."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from citydesk.city.customers import rules
from citydesk.city.customers.choices import CUSTOMERS_SEE_CONTACT, CUSTOMERS_VIEW, CUSTOMERS_VIEW_ALL, PointKind
from citydesk.city.customers.models import ContactPoint, Customer
from citydesk.city.customers.queries.canonical import canonical_many
from citydesk.city.customers.queries.customers import masked
from citydesk.city.places import rules as places
from citydesk.kernel.actors import Access
from citydesk.kernel.numbering import parse_number

_MOST = 50
_CANDIDATES = 120
_MOST_MISSPELT = 600


@dataclass(frozen=True)
class CustomerHit:
    """A customer found, canonical. `phone`, `email` and `address` are masked without `customers.see_contact`; `via` is
    the name the search met if the customer was found under one it was merged from."""

    id: int
    number: str
    display_name: str
    kind: str
    caller_class: str
    language: str
    needs_interpreter: bool
    is_anonymous: bool
    phone: str = ""
    email: str = ""
    address: str = ""
    via: str = ""


def find(access: Access, text: str, limit: int = 10) -> list[CustomerHit]:
    """Customers for what was typed, best first; [] for too little (four digits, three letters, a part of an e-mail).

    Accents and case do not matter. A reader without `customers.see_contact` searches names and numbers only, so that
    nobody learns a contact point by trying. Raises `NotFound` without `customers.view`.
    """
    access.require_sight(CUSTOMERS_VIEW)
    limit = max(1, min(limit, _MOST))
    number = parse_number(text)
    if number:
        return _hits(access, list(Customer.objects.filter(number=number).values_list("id", flat=True)), limit)
    asked = rules.read_search(text)
    if not asked.is_enough:
        return []
    may_see = access.may(CUSTOMERS_SEE_CONTACT)
    if asked.email:
        return _hits(access, _by_email(access, asked.email), limit) if may_see else []
    if asked.digits:
        return _hits(access, _by_digits(access, asked.digits), limit) if may_see else []
    found = _by_address(access, asked.line) if asked.line and may_see else []
    return _hits(access, [*found, *_by_words(access, asked.words)], limit)


def by_phone(access: Access, fragment: str, limit: int = 10) -> list[CustomerHit]:
    """Customers whose phone holds these digits (at least four), the whole number first. `NotFound` without
    `customers.view`; [] without `customers.see_contact`."""
    access.require_sight(CUSTOMERS_VIEW)
    digits = rules.read_search(fragment).digits
    if len(digits) < rules.LEAST_DIGITS or not access.may(CUSTOMERS_SEE_CONTACT):
        return []
    return _hits(access, _by_digits(access, digits), limit)


def _known(access: Access) -> Any:
    """Where a search begins: with all customers, or with the few that a narrow reader may know of, so that theirs are
    not crowded out by those of others. What it finds is shown through the same sight in any case."""
    everybody = Customer.objects.all()
    return everybody if access.may(CUSTOMERS_VIEW_ALL) else everybody.filter(_in_sight(access))


@lru_cache(maxsize=500)
def _in_sight(access: Access) -> RawSQL:
    """The condition of `visible_to`, written once for each reader: a search asks it four to six times, and Django takes
    ten times as long to write it as PostgreSQL to answer. It names the table itself: not for a subquery."""
    seen = Customer.objects.visible_to(access).query
    compiler = seen.get_compiler(connection=connection)
    compiler.pre_sql_setup()
    try:
        sql, values = compiler.compile(seen.where)
    except EmptyResultSet:
        sql, values = "false", ()
    return RawSQL(sql, values, output_field=BooleanField())  # noqa: S611 - written by Django, values apart


def _current(access: Access, kind: PointKind) -> QuerySet[ContactPoint]:
    points = ContactPoint.objects.filter(kind=kind, ended_at__isnull=True)
    if access.may(CUSTOMERS_VIEW_ALL):
        return points
    return points.filter(customer__in=Customer.objects.visible_to(access))


def _by_digits(access: Access, digits: str) -> list[int]:
    phones = _current(access, PointKind.PHONE)
    begins = phones.filter(digits__startswith=digits).order_by("digits")
    found = list(begins.values_list("customer_id", flat=True)[:_CANDIDATES])
    if len(found) < _MOST:
        found += phones.filter(digits__contains=digits).values_list("customer_id", flat=True)[:_CANDIDATES]
    return list(dict.fromkeys(found))


def _by_email(access: Access, part: str) -> list[int]:
    begins = _current(access, PointKind.EMAIL).filter(normalized__startswith=part.lstrip("@"))
    return list(begins.order_by("normalized").values_list("customer_id", flat=True)[:_CANDIDATES])


def _by_address(access: Access, line: str) -> list[int]:
    key = places.parse_line(line).key
    begins = _current(access, PointKind.POSTAL).filter(normalized__startswith=key)
    return list(begins.order_by("normalized").values_list("customer_id", flat=True)[:_CANDIDATES])


def _by_words(access: Access, words: tuple[str, ...]) -> list[int]:
    """Beginnings of family and given names by their btrees; parts anywhere in a name if that is not enough."""
    found: dict[int, str] = {}
    known = _known(access)
    for family, rest in _splits(words):
        begins = known.filter(family_key__startswith=family)
        if rest:
            begins = begins.filter(given_key__startswith=rest)
        found |= dict(begins.order_by("family_key", "given_key").values_list("id", "words")[:_CANDIDATES])
    if len(words) == 1 and len(found) < _MOST:
        given = known.filter(given_key__startswith=words[0]).order_by("given_key", "family_key")
        found |= dict(given.values_list("id", "words")[:_CANDIDATES])
    long = [word for word in words if len(word) >= rules.LEAST_LETTERS]
    if long and len(found) < _MOST // 2:
        anywhere = known.filter(*[Q(words__contains=word) for word in words])
        found |= dict(anywhere.values_list("id", "words")[:_CANDIDATES])
    if long and not found:
        return _by_likeness(known, words)
    return rules.best_first(list(found.items()), words)


def _by_likeness(known: Any, words: tuple[str, ...]) -> list[int]:
    """Misspelt names: one word has one wrong letter, so its first or its second half is right, and the others are."""
    long = [word for word in words if len(word) >= rules.LEAST_LETTERS]
    found: dict[int, str] = {}
    for wrong in sorted((word for word in long if len(word) >= 5), key=len, reverse=True)[:3]:
        half = len(wrong) // 2
        like = Q(words__contains=wrong[:half]) | Q(words__contains=wrong[half + len(wrong) % 2 :])
        others = [Q(words__contains=word) for word in long if word != wrong]
        found |= dict(known.filter(like, *others).values_list("id", "words")[:_MOST_MISSPELT])
    return rules.likeliest(list(found.items()), words)


def _splits(words: tuple[str, ...]) -> list[tuple[str, str]]:
    """(family, given) readings of the words: "maria garcia", "garcia maria", "de la cruz ana"."""
    whole = " ".join(words)
    readings = [(whole, "")]
    for at in range(1, len(words)):
        front, back = " ".join(words[:at]), " ".join(words[at:])
        readings += [(back, front), (front, back)]
    return readings[:7]


def _hits(access: Access, ids: list[int], limit: int) -> list[CustomerHit]:
    """Hits in the order of ids, merged ones as the customer they are today, each once."""
    ids = ids[: 3 * limit]
    resolved = canonical_many(ids)
    order: dict[int, int] = {}
    for one in ids:
        order.setdefault(resolved.get(one, one), one)
    wanted = list(order)[:limit]
    rows = {row["id"]: row for row in _known(access).filter(id__in=wanted).values(*_COLUMNS)}
    merged = [order[final] for final in wanted if order[final] != final]
    names = dict(Customer.objects.filter(id__in=merged).values_list("id", "display_name")) if merged else {}
    points = _first_points(wanted, may_see=access.may(CUSTOMERS_SEE_CONTACT))
    return [
        CustomerHit(**rows[final], **points.get(final, {}), via=names.get(order[final], ""))
        for final in wanted
        if final in rows
    ]


_COLUMNS = (
    "id",
    "number",
    "display_name",
    "kind",
    "caller_class",
    "language",
    "needs_interpreter",
    "is_anonymous",
)


def _first_points(ids: list[int], *, may_see: bool) -> dict[int, dict[str, Any]]:
    """{customer: {phone, email, address}}: the preferred or else oldest point of each kind."""
    found: dict[int, dict[str, Any]] = {}
    names = {PointKind.PHONE: "phone", PointKind.EMAIL: "email", PointKind.POSTAL: "address"}
    rows = ContactPoint.objects.filter(customer_id__in=ids, ended_at__isnull=True).order_by("-is_preferred", "id")
    for customer_id, kind, value in rows.values_list("customer_id", "kind", "value"):
        shown = value if may_see else masked(kind, value)
        found.setdefault(customer_id, {}).setdefault(names[PointKind(kind)], shown)
    return found
