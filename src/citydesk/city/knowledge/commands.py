"""`citydesk import articles FILE|FOLDER`: what the old knowledge base held.

Exit codes: 0 every text is here, 1 some were bad and the others are here, 3 the file was refused.
"""

from argparse import Namespace
from dataclasses import asdict
from typing import Any

from citydesk.city.knowledge.services.importing import COLUMNS, import_articles
from citydesk.kernel.clock import utc_now
from citydesk.kernel.command_line import Console, verbs_of
from citydesk.kernel.errors import Invalid
from citydesk.kernel.imports.telling import add_sheet, add_verb, columns_given, exit_of, starter, words_of


def register(subparsers: Any) -> None:
    """Add `import articles`."""
    words = "import articles from a CSV or XLSX file or a folder of Markdown, as drafts; again adds nothing"
    kinds = verbs_of(subparsers, "import", "bring data over from another system's export")
    verb = add_verb(kinds, "articles", words)
    add_sheet(verb, COLUMNS, source="short name of the other system (default: the file's name)")
    verb.add_argument("--published", action="store_true", help="publish at once; needs --approver")
    verb.add_argument("--approver", default="", metavar="USER", help="who answers for publishing them unread")
    verb.set_defaults(run=run_import)


def run_import(given: Namespace, console: Console) -> int:
    """Import articles and say what became of them."""
    if given.published != bool(given.approver):
        raise Invalid("--published and --approver go together: somebody answers for it by name.", field="approver")
    source = given.source or ("" if given.mapping else given.file.stem)
    with console.progress(f"Importing {given.file.name}") as step:
        result = import_articles(
            file=given.file,
            source=source,
            columns=columns_given(given.column),
            mapping=given.mapping,
            approver=given.approver,
            is_dry=given.dry_run,
            actor=starter(),
            now=utc_now(),
            advance=step.advance,
        )
    more = "They are drafts: review them on the page Knowledge." if result.added and not given.published else ""
    console.report({"file": given.file.name, **asdict(result)}, words_of(result, "articles", more))
    return exit_of(result)
