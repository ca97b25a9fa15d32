"""What a section's `parse` is given: its files, opened, with readers that collect problems."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from citydesk.city.profile.rules.fields import CODE, Fields, Notes
from citydesk.city.profile.rules.folder import Folder, parse_csv, parse_geojson, parse_markdown
from citydesk.city.profile.rules.problems import Item, Problem


@dataclass
class Document:
    """One Markdown text in each language: front matter and body by language."""

    code: str
    fronts: dict[str, Fields]
    texts: dict[str, str]
    default_language: str

    @property
    def front(self) -> Fields:
        """The front matter in the city's first language (or the first there is): for keys without language."""
        return self.fronts.get(self.default_language) or next(iter(self.fronts.values()))

    def item(self, body: dict[str, Any]) -> Item:
        """The entry; period and provenance are those of the first language's front matter."""
        for front in self.fronts.values():
            if front is not self.front:
                front.finish()
        return self.front.item(body)


@dataclass
class Reading:
    """A section's view of the profile. `claimed` collects the top-level tables that sections have read, by file."""

    section: str
    files: tuple[str, ...]
    folder: Folder
    notes: Notes
    claimed: dict[str, set[str]] = field(default_factory=dict)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages the city declares, the default first."""
        return self.notes.languages

    def matching(self, suffix: str = "") -> list[str]:
        """The section's files, sorted; `suffix` such as ".toml" narrows."""
        return [name for name in self.folder.matching(*self.files) if name.endswith(suffix)]

    def problem(self, file: str, line: int, reason: str) -> None:
        self.notes.problems.append(Problem(file, line, reason))

    def tables(self, kind: str) -> list[Fields]:
        """Every `[kind.code]` (or `[[kind.code]]`, one per period) of the section's TOML files."""
        found: list[Fields] = []
        for file in self.matching(".toml"):
            source = self.folder.toml(file, self.notes.problems)
            self.claimed.setdefault(file, set()).add(kind)
            if source is None:
                continue
            entries = source.data.get(kind, {})
            if not isinstance(entries, dict):
                self.problem(file, source.line((kind,)), f"{kind}: write [{kind}.<code>]")
                continue
            for code, value in entries.items():
                self._check_code(file, source.line((kind, code)), code)
                if isinstance(value, list):
                    found.extend(
                        Fields(self.notes, source, (kind, code, at), one, code) for at, one in enumerate(value)
                    )
                else:
                    found.append(Fields(self.notes, source, (kind, code), value, code))
        return found

    def table(self, kind: str, code: str = "") -> Fields | None:
        """The one table `[kind]`; None if no file of the section has it."""
        for file in self.matching(".toml"):
            source = self.folder.toml(file, self.notes.problems)
            self.claimed.setdefault(file, set()).add(kind)
            if source is not None and kind in source.data:
                return Fields(self.notes, source, (kind,), source.data[kind], code or kind)
        return None

    def documents(self) -> list[Document]:
        """Markdown files `<code>.<language>.md` by code; a missing language is a problem."""
        by_code: dict[str, Document] = {}
        for file in self.matching(".md"):
            stem, _, language = file.rsplit("/", 1)[-1].removesuffix(".md").rpartition(".")
            if language not in self.languages:
                self.problem(file, 1, f"name the file <code>.<language>.md with one of {', '.join(self.languages)}")
                continue
            self._check_code(file, 1, stem)
            parsed = parse_markdown(file, self.folder.texts[file], self.notes.problems)
            if parsed is None:
                continue
            document = by_code.setdefault(stem, Document(stem, {}, {}, self.languages[0]))
            document.fronts[language] = Fields(self.notes, parsed[0], (), parsed[0].data, stem)
            document.texts[language] = parsed[1]
            if not parsed[1]:
                self.problem(file, 1, "the text below the front matter is missing")
        for document in by_code.values():
            self._check_languages(document)
        return list(by_code.values())

    def _check_languages(self, document: Document) -> None:
        file = document.front.file
        for language in self.languages:
            if language not in document.fronts:
                folder = file.rsplit("/", 1)[0] + "/" if "/" in file else ""
                self.problem(file, 1, f"has no text in {language}: {folder}{document.code}.{language}.md is missing")

    def rows(self, file: str = "") -> Iterator[tuple[int, dict[str, str]]]:
        """Rows of the section's CSV files (or of one) with their line numbers."""
        for name in [file] if file else self.matching(".csv"):
            if name in self.folder.texts:
                self.claimed.setdefault(name, set())
                yield from parse_csv(self.folder.texts[name])

    def geojson(self, file: str) -> list[tuple[int, dict[str, Any]]]:
        """Features of a file with the line each begins on; a missing file is the caller's problem to report."""
        if file not in self.folder.texts:
            return []
        self.claimed.setdefault(file, set())
        return parse_geojson(file, self.folder.texts[file], self.notes.problems)

    def has_file(self, file: str) -> bool:
        return file in self.folder.texts

    def _check_code(self, file: str, line: int, code: str) -> None:
        if not CODE.match(code):
            self.problem(file, line, f"{code} is no code: use a-z, 0-9, _ and -, at most 40 characters")
