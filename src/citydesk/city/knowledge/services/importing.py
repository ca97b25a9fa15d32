"""Articles from another system: a sheet, or a folder of Markdown written like the profile's. Drafts unless approved."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db.models import Exists, OuterRef

from citydesk.city.knowledge.choices import EDIT, ArticleKind, TextState
from citydesk.city.knowledge.events import ArticleChanged
from citydesk.city.knowledge.models import Article, ArticleText
from citydesk.city.knowledge.services.articles import _add_version, _first_language, _mark_translations_stale
from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.kernel import audit, outbox
from citydesk.kernel.actors import Actor
from citydesk.kernel.destruction import Eraser, unreferenced
from citydesk.kernel.errors import CitydeskError, Invalid, NotAllowed
from citydesk.kernel.imports.columns import BadRow, Mapped, identifier_of, moment_of, text_of, yes_or_no
from citydesk.kernel.imports.runs import New, Running, Tally, digest, running, trial
from citydesk.kernel.imports.sheets import Row, load_columns, rows_by
from citydesk.kernel.imports.undo import Used

KIND = "articles"
OBJECT_TYPE = "knowledge.article"
TEXT_TYPE = "knowledge.article_text"
COLUMNS = (
    "code", "language", "title", "body", "services", "subjects", "summary", "kind", "is_public", "review_by"
)  # fmt: skip
NEEDED = ("code", "language", "title", "body")
_CODE = re.compile(r"[a-z0-9][a-z0-9_]{0,59}")
_NAME = re.compile(r"(?P<code>.+)\.(?P<language>[A-Za-z]{2,3}(-[A-Za-z0-9]+)*)\.md")
_FRONT = re.compile(r"\A\ufeff?\+\+\+[ \t]*\r?\n(?P<front>.*?)\r?\n\+\+\+[ \t]*\r?\n?(?P<body>.*)\Z", re.DOTALL)
_KNOWN = frozenset(COLUMNS) - {"code", "language", "body"} | {"source", "as_of", "status", "lender", "sample"}
_LONGEST_BODY = 100_000


@dataclass(frozen=True)
class ImportedText:
    """An article's text in one language, and the facts of the article it may begin."""

    code: str
    language: str
    words: Mapping[str, str]
    services: tuple[str, ...]
    kind: str
    is_public: bool
    review_by: date | None

    @property
    def key(self) -> str:
        return f"{self.code}.{self.language}"


Read = tuple[int, str, Mapping[str, Any] | BadRow]


def import_articles(
    *,
    file: Path,
    source: str = "",
    columns: Mapping[str, str] | None = None,
    mapping: Path | None = None,
    approver: str = "",
    is_dry: bool = False,
    actor: Actor,
    now: datetime,
    advance: Callable[[int], Any] = lambda _count: None,
) -> Tally:
    """Import a CSV, XLSX or folder of Markdown. A text that is the newest here already adds nothing; a changed one
    becomes a new version. Texts come as drafts; with `approver` (a user name with the right to write) as published.

    Facts of an article (codes, kind, publicity) count where it is new. Raises `Invalid` for a file that cannot be read,
    `NotAllowed` for an approver without the right.
    """
    approver_id = _approver(approver, now) if approver else None
    read = load_columns(mapping=mapping, fields=COLUMNS, source=source, given=columns or {})
    rows = list(_folder(file) if file.is_dir() else _sheet(file, read, columns or {}))
    result, first = Tally(), _first_language()
    options = {"mapping": read.name, "approver": approver}
    record: dict[str, Any] = {"kind": KIND, "source": read.source, "file": file, "options": options}
    with running(**record, actor=actor, now=now, is_dry=is_dry, tally=result) as run:
        # The city's first language goes before its translations: a translation in the same file is not stale.
        for line, name, row in sorted(rows, key=lambda one: _language_of(one) != first):
            result.read += 1
            if isinstance(row, BadRow):
                run.refuse(row)
            else:
                _take(line, name, row, run, approver_id, actor, now)
            advance(1)
    return result


def _language_of(one: Read) -> str:
    return "" if isinstance(one[2], BadRow) else str(one[2].get("language", ""))


def _approver(username: str, now: datetime) -> int:
    person = staff.user_by_username(username)
    if not staff.access_for(staff.user_with_rights(person.id, now), now).may(EDIT):
        raise NotAllowed(f"{username} may not write articles.")
    return person.id


def _sheet(file: Path, read: Mapped, said: Mapping[str, str]) -> Iterator[Read]:
    for line, row in rows_by(file, read, needed=NEEDED, said=said, identifier="code"):
        if isinstance(row, BadRow):
            yield line, row.external_id, row
            continue
        name = identifier_of(read, row, "code")
        try:
            yield line, name, _from_row(read, row)
        except CitydeskError as error:
            yield line, name, BadRow(line, name[:80], error.field or "", str(error.message))


def _from_row(read: Mapped, row: Row) -> dict[str, Any]:
    reviewed = moment_of(read, row, "review_by")
    given: dict[str, Any] = {name: text_of(read, row, name) for name in COLUMNS}
    public = yes_or_no(read, row, "is_public")
    return {
        **given,
        "body": str(next((row[one] for one in read.columns["body"] if row.get(one)), "")),
        "services": [one for one in re.split(r"[,;|\s]+", given["services"]) if one],
        "subjects": [one.strip() for one in re.split(r"[,;|\n]+", given["subjects"]) if one.strip()],
        "is_public": True if public is None else public,
        "review_by": reviewed.date() if reviewed else None,
    }


def _folder(folder: Path) -> Iterator[Read]:
    """Files `<code>.<language>.md`, each with TOML between two lines of +++."""
    files = sorted(folder.glob("*.md"))
    if not files:
        raise Invalid(f"The folder {folder.name} holds no articles (code.language.md).", field="file")
    for file in files:
        try:
            yield 1, file.name, _from_file(file)
        except tomllib.TOMLDecodeError as error:
            yield 1, file.name, BadRow(1, file.name[:80], "front matter", str(error))
        except CitydeskError as error:
            yield 1, file.name, BadRow(1, file.name[:80], error.field or "", str(error.message))


def _from_file(file: Path) -> dict[str, Any]:
    named = _NAME.fullmatch(file.name)
    if named is None:
        raise Invalid("The file's name is not code.language.md.", field="file")
    try:
        parted = _FRONT.match(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid("The file is no UTF-8 text.", field="file") from error
    if parted is None:
        raise Invalid("There is no front matter between two lines of +++.", field="front matter")
    front = tomllib.loads(parted["front"])
    strange = sorted(set(front) - _KNOWN)
    if strange:
        raise Invalid(f"The front matter has an unknown entry: {strange[0]}.", field=strange[0])
    return {**front, "code": named["code"], "language": named["language"], "body": parted["body"].strip()}


def _take(
    line: int, name: str, row: Mapping[str, Any], run: Running, approver_id: int | None, actor: Actor, now: datetime
) -> None:
    try:
        one = _checked(row, _service_codes(now))
        with trial(run.is_dry):
            outcome = _write(one, run, approver_id, actor, now)
        setattr(run.tally, outcome, getattr(run.tally, outcome) + 1)
    except CitydeskError as error:
        run.refuse(BadRow(line, name[:80], error.field or "", str(error.message)))


def _service_codes(now: datetime) -> set[str]:
    return set(profile.entries("services", profile.city_today(now)))


def _checked(row: Mapping[str, Any], known: set[str]) -> ImportedText:
    code, language = str(row["code"]).strip(), str(row["language"]).strip().split("-")[0].lower()
    title, body = " ".join(str(row.get("title", "")).split()), str(row["body"]).strip()
    kind, reviewed = str(row.get("kind") or ArticleKind.ARTICLE), row.get("review_by")
    services = [str(one) for one in row.get("services") or ()]
    unknown = ", ".join(sorted(set(services) - known))
    faults = (
        (not _CODE.fullmatch(code), "code", f"{code[:60]!r} is no code: small letters, digits and _."),
        (language not in profile.city().languages, "language", f"{language!r} is no language of the city."),
        (not title or len(title) > 160, "title", "A title has 1 to 160 letters."),
        (not body or len(body) > _LONGEST_BODY, "body", "There is no text, or more than 100,000 letters."),
        (kind not in set(ArticleKind), "kind", f"{kind!r} is none of {', '.join(ArticleKind)}."),
        (reviewed and not isinstance(reviewed, date), "review_by", f"{reviewed!r} is no day."),
        (bool(unknown), "services", f"No service code is called {unknown}."),
    )
    for is_wrong, field, reason in faults:
        if is_wrong:
            raise Invalid(reason, field=field)
    subjects = row.get("subjects") or []
    keywords = " ".join(str(one) for one in subjects) if isinstance(subjects, list) else str(subjects)
    words = {"title": title, "summary": str(row.get("summary") or "")[:300], "keywords": keywords, "body": body}
    return ImportedText(
        code, language, words, tuple(services), kind, bool(row.get("is_public", True)), reviewed or None
    )


def _write(one: ImportedText, run: Running, approver_id: int | None, actor: Actor, now: datetime) -> str:
    """Write the text as a version; returns the count it belongs to: added, changed or known."""
    article, is_new = Article.objects.select_for_update().get_or_create(
        code=one.code,
        defaults={
            "kind": one.kind,
            "service_codes": list(one.services),
            "is_public": one.is_public,
            "review_by": one.review_by,
            "changed_at": now,
        },
    )
    texts = article.texts.filter(language=one.language)
    newest = texts.order_by("-version").first()
    if newest is not None and all(getattr(newest, name) == value for name, value in one.words.items()):
        return "known"
    current = texts.filter(is_current=True).values_list("pk", flat=True).first()
    state = TextState.REVIEWED if approver_id else TextState.DRAFT
    text = _add_version(article, one.language, one.words, state, "", actor, now)
    if approver_id:
        if one.language == _first_language():
            _mark_translations_stale(article, one.language)
        after = {"language": one.language, "version": text.version}
        act = audit.Act("articles.import_approved", OBJECT_TYPE, article.pk, article.code, after=after,
                        approver_id=approver_id)  # fmt: skip
        audit.record(act, actor=actor, now=now)
    before = {"current": current, "article": article.pk if is_new else None}
    run.remember([New(one.key, TEXT_TYPE, text.pk, digest(dict(one.words)), before)])
    return "added" if newest is None else "changed"


def used_articles(*, run: Any, items: Sequence[Any]) -> list[Used]:
    """Texts that somebody wrote on since, and articles that another record names."""
    names = {one.object_id: one.external_id for one in items}
    texts = ArticleText.objects.filter(pk__in=names).select_related("article")
    later = ArticleText.objects.filter(
        article=OuterRef("article"), language=OuterRef("language"), version__gt=OuterRef("version")
    )
    newer = set(texts.filter(Exists(later)).values_list("pk", flat=True))
    articles = Article.objects.filter(pk__in={text.article_id for text in texts})
    free = set(unreferenced(articles, apart_from=(ArticleText,)).values_list("pk", flat=True))
    words = "a newer version was written"
    found = [Used(names[text.pk], text.article.code, words) for text in texts if text.pk in newer]
    begun = {one.before["article"] for one in items if one.before and one.before.get("article")}
    return found + [
        Used(names[text.pk], text.article.code, "named by another record")
        for text in texts
        if text.pk not in newer and text.article_id in begun and text.article_id not in free
    ]


def take_back_articles(*, run: Any, items: Sequence[Any], eraser: Eraser, actor: Actor, now: datetime) -> int:
    """Remove the versions of a run, put those before them in force again, and remove articles that the run began."""
    texts = {text.pk: text for text in ArticleText.objects.filter(pk__in=[one.object_id for one in items])}
    eraser.record(ArticleText, list(texts))
    for one in items:
        before = one.before or {}
        if before.get("current"):
            ArticleText.objects.filter(pk=before["current"]).update(is_current=True)
        if one.object_id in texts:
            text = texts[one.object_id]
            outbox.publish(ArticleChanged(text.article_id, text.language), now=now)
    begun = Article.objects.filter(pk__in=[one.before["article"] for one in items if (one.before or {}).get("article")])
    eraser.record(Article, list(begun.filter(texts=None, from_profile=False).values_list("pk", flat=True)))
    return len(texts)
