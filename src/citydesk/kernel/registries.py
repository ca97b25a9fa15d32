"""What rooms offer the house, declared in their `offers.py` and read by desk, portal, statistics and profile.

Callables are given as dotted strings where they would pull heavy modules in, as objects elsewhere.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, NamedTuple

from citydesk.kernel.decisions import Decision
from citydesk.kernel.exports import Emergency
from citydesk.kernel.sealed import SealedStore
from citydesk.kernel.told import Told


@dataclass(frozen=True)
class NavItem:
    """An entry of the desk's top bar. `label` is lazy text; `order` sorts; shown to holders of `permission`."""

    code: str
    label: Any
    url_name: str
    permission: str
    order: int = 100


@dataclass(frozen=True)
class HomeCard:
    """A block on a role's opening page. `build(access, now) -> dict` is the context of `template`."""

    code: str
    pages: tuple[str, ...]  # representative, supervisor, department, director
    build: Callable[..., dict[str, Any]]
    template: str
    permission: str
    order: int = 100
    column: str = "main"  # main or side


@dataclass(frozen=True)
class Panel:
    """A block on another room's page. `on` names the page's object type; `build(access, object_id, now) -> dict`."""

    code: str
    on: str
    build: Callable[..., dict[str, Any] | None]
    template: str
    permission: str
    order: int = 100


@dataclass(frozen=True)
class Fold:
    """A part of another room's page, loaded only when somebody opens it, so it costs the page no statement.

    `on` names the place on the page; `url_name` is a view of the offering room that takes the object's number and
    draws the inside. `label` heads the fold where it stands on its own.
    """

    code: str
    on: str
    label: Any
    url_name: str
    permission: str
    order: int = 100


@dataclass(frozen=True)
class SearchSource:
    """One group of results of the desk's find box. `find(access, text, limit) -> [SearchHit]`."""

    code: str
    label: Any
    find: Callable[..., list["SearchHit"]]
    permission: str
    order: int = 100


@dataclass(frozen=True)
class SearchHit:
    title: str
    subtitle: str
    url: str
    badge: str = ""


@dataclass(frozen=True)
class ProfileSection:
    """A part of the city profile. `parse(reading) -> list[Item]` checks the files (see the profile room's rules);
    `check({section: [Item]}) -> [Problem]` says what does not go with other sections, once all of them are read;
    `project(*, entries, actor, now)` may mirror `{code: body}` into the room's own tables once they are written."""

    code: str
    files: tuple[str, ...]  # glob patterns in the profile's folder
    parse: Callable[..., Any]
    after: tuple[str, ...] = ()
    project: str = ""  # dotted path of a service, if the room keeps rows of its own
    required: bool = False
    check: Callable[..., Any] | None = None


@dataclass(frozen=True)
class ExampleKind:
    """A kind of worked example in a profile's `expected/`: `run(*, given, profile) -> dict` (dotted) computes it."""

    code: str
    run: str


@dataclass(frozen=True)
class Subscription:
    """`handler` (dotted path) is called with (payload, event_id, now) in a job of its own for every `event`."""

    event: str
    handler: str


@dataclass(frozen=True)
class FactTable:
    """A table of counted facts a room owns. `columns` name group-by and filter columns -> SQL; see statistics."""

    code: str
    table: str
    at: str
    columns: dict[str, Any] = field(default_factory=dict)
    refresh: str = ""  # dotted path of the service that brings changed keys up to date
    permission: str = ""


@dataclass(frozen=True)
class Measure:
    """A named, versioned SQL text with its words. `sql` uses named parameters `from`, `to` and filter placeholders."""

    code: str
    label: Any
    definition: Any
    unit: str
    fact: str
    sql: str
    version: int = 1
    drill: str = ""


@dataclass(frozen=True)
class Permission:
    """A right, its words, and whether reading it means seeing personal data (then reads are logged)."""

    code: str
    label: Any


@dataclass(frozen=True)
class AuditCode:
    """One word of the audit vocabulary with its sentence; `{before}`, `{after}` and facts are filled in."""

    code: str
    sentence: Any
    icon: str = "edit"
    is_public: bool = False


@dataclass(frozen=True)
class RetentionSeries:
    """A kind of record that periods of the city's retention schedule may cover.

    `trigger` is the moment a period runs from. `due` is the dotted path of a query `(before=, after=, limit=, ids=) ->
    [kernel.destruction.Due]`, `destroy` that of a service `(ids=, eraser=, now=)`. Without them nothing is destroyed.
    """

    code: str
    label: Any
    trigger: str
    due: str = ""
    destroy: str = ""


@dataclass(frozen=True)
class RetentionPart:
    """Rows a higher room keeps about another room's record: `destroy(ids=, eraser=, now=)` runs before the owner's."""

    code: str
    of: str
    destroy: str


@dataclass(frozen=True)
class Exporter:
    """A kind of record that leaves the house in a public-records production or in the copy of a person's own data.

    Dotted paths of queries: `find(access, wanted) -> [kernel.exports.Found]`, `of_people(access, customer_ids) -> ids`,
    `read(access, object_id) -> kernel.exports.Record`. Each gives only what the reader may see.
    """

    code: str
    label: Any
    find: str
    of_people: str
    read: str
    order: int = 100


@dataclass(frozen=True)
class MovableWork:
    """Work that lies with one person and goes to a colleague in one act, undoable, when they are away.

    Dotted paths: `count(access, user_ids) -> {user_id: number}`, a query that makes no statement for nobody;
    `move(from_user_id=, to_user_id=, reason=, access=, now=) -> kernel.moving.MovedThings` and
    `take_back(rows=, from_user_id=, to_user_id=, reason=, access=, now=) -> number`, services in the caller's
    transaction; the second raises `Conflict` when somebody went on with one of the rows.
    """

    code: str
    label: Any
    count: str
    move: str
    take_back: str
    order: int = 100


@dataclass(frozen=True)
class Paper:
    """A kind of paper the house prints. `find(access, number)` gives id, number and address of its PDF, None where the
    reader has no such paper; the address takes `?copy=`, and the paper then says which copy it is."""

    code: str
    label: Any
    find: Callable[..., "tuple[int, str, str] | None"]
    permission: str
    order: int = 100


class PaperFound(NamedTuple):
    """A paper as its room knows it."""

    object_id: int
    number: str
    url: str


@dataclass(frozen=True)
class FileGuard:
    """Who may open files of a purpose. `check` is the dotted path of a query `(access, file_id) -> bool`."""

    purpose: str
    check: str

    @property
    def code(self) -> str:
        return self.purpose


@dataclass(frozen=True)
class HealthCheck:
    """Something that can be wrong without a page noticing. `check(now) -> kernel.health.State`, or its dotted path."""

    code: str
    label: Any
    check: Callable[..., Any] | str


@dataclass(frozen=True)
class LiveTopic:
    """A topic of live news that everybody with the permission hears (`user.<id>` and `team.<id>` need none)."""

    code: str
    permission: str = ""


@dataclass(frozen=True)
class LiveFeed:
    """Figures for open pages that the event process reads each second while somebody with the permission shows them.
    `read` is the dotted path of a query `(now) -> dict` of plain values; one reading serves every page."""

    code: str
    permission: str
    read: str


@dataclass(frozen=True)
class Sight:
    """Rows of a lower room that readers may know of through records of an upper one ("customers.customer" through their
    departments' requests). `ids` is the dotted path of a query `(access) -> QuerySets`, each of one column of ids."""

    code: str
    of: str
    ids: str


@dataclass(frozen=True)
class ImportKind:
    """A kind of rows that a room brings over from other systems (`kernel.imports`).

    `used` and `take_back` are dotted paths; without them a run of this kind cannot be taken back. `used(*, run, items)`
    names what happened to the rows since, `take_back(*, run, items, eraser, actor, now)` removes or restores them."""

    code: str
    name: Any
    used: str = ""
    take_back: str = ""


class Registries:
    """All declarations of one process, filled once when Django has loaded every room's `offers`."""

    def __init__(self) -> None:
        self.nav: dict[str, NavItem] = {}
        self.home_cards: dict[str, HomeCard] = {}
        self.panels: dict[str, Panel] = {}
        self.folds: dict[str, Fold] = {}
        self.told: dict[str, Told] = {}
        self.search_sources: dict[str, SearchSource] = {}
        self.profile_sections: dict[str, ProfileSection] = {}
        self.example_kinds: dict[str, ExampleKind] = {}
        self.subscriptions: dict[tuple[str, str], Subscription] = {}
        self.fact_tables: dict[str, FactTable] = {}
        self.measures: dict[str, Measure] = {}
        self.permissions: dict[str, Permission] = {}
        self.audit_codes: dict[str, AuditCode] = {}
        self.retention: dict[str, RetentionSeries] = {}
        self.retention_parts: dict[str, RetentionPart] = {}
        self.exporters: dict[str, Exporter] = {}
        self.movable_work: dict[str, MovableWork] = {}
        self.papers: dict[str, Paper] = {}
        self.file_guards: dict[str, FileGuard] = {}
        self.health_checks: dict[str, HealthCheck] = {}
        self.live_topics: dict[str, LiveTopic] = {}
        self.live_feeds: dict[str, LiveFeed] = {}
        self.sights: dict[str, Sight] = {}
        self.import_kinds: dict[str, ImportKind] = {}
        self.emergencies: dict[str, Emergency] = {}
        self.decisions: dict[str, Decision] = {}
        self.sealed_stores: dict[str, SealedStore] = {}

    def add(self, *declarations: Any) -> None:
        """Register declarations; the same code twice is a mistake in the house and raises `ValueError`."""
        shelves: dict[type, dict[Any, Any]] = {
            NavItem: self.nav,
            HomeCard: self.home_cards,
            Panel: self.panels,
            Fold: self.folds,
            Told: self.told,
            SearchSource: self.search_sources,
            ProfileSection: self.profile_sections,
            ExampleKind: self.example_kinds,
            FactTable: self.fact_tables,
            Measure: self.measures,
            Permission: self.permissions,
            AuditCode: self.audit_codes,
            RetentionSeries: self.retention,
            RetentionPart: self.retention_parts,
            Exporter: self.exporters,
            MovableWork: self.movable_work,
            Paper: self.papers,
            FileGuard: self.file_guards,
            HealthCheck: self.health_checks,
            LiveTopic: self.live_topics,
            LiveFeed: self.live_feeds,
            Sight: self.sights,
            ImportKind: self.import_kinds,
            Emergency: self.emergencies,
            Decision: self.decisions,
            SealedStore: self.sealed_stores,
            Subscription: self.subscriptions,
        }
        for one in declarations:
            shelf = shelves[type(one)]
            key = (one.event, one.handler) if isinstance(one, Subscription) else one.code
            if key in shelf and shelf[key] != one:
                raise ValueError(f"{type(one).__name__} {key} is declared twice")
            shelf[key] = one

    def handlers_of(self, event: str) -> list[str]:
        """Dotted paths subscribed to an event, in a stable order."""
        return sorted(handler for name, handler in self.subscriptions if name == event)

    def ids_in_sight(self, of: str, access: Any) -> list[Any]:
        """What every room lets the reader know of the rows of `of`: querysets of ids, each to be asked of one row."""
        return [ids for sight in self.sights.values() if sight.of == of for ids in load_dotted(sight.ids)(access)]

    def panels_on(self, page: str) -> list[Panel]:
        return in_order(panel for panel in self.panels.values() if panel.on == page)

    def folds_on(self, page: str, access: Any) -> list[Fold]:
        """What the reader may open at a place of a page, in order."""
        return in_order(fold for fold in self.folds.values() if fold.on == page and access.may(fold.permission))


def in_order(declarations: Iterable[Any]) -> list[Any]:
    """Declarations by their `order`, then code."""
    return sorted(declarations, key=lambda one: (one.order, one.code))


def load_dotted(path: str) -> Any:
    """The object at `package.module.name` (`package.module:name` is accepted too)."""
    module, _, name = path.replace(":", ".").rpartition(".")
    return getattr(import_module(module), name)


registries = Registries()
