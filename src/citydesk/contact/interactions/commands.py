"""`citydesk forms print --count N [--service CODE ...] [--desk TEXT] [--out FILE.pdf]`: intake forms for a bad day."""

import getpass
from argparse import Namespace
from pathlib import Path
from typing import Any

from citydesk.contact.interactions import queries, services
from citydesk.kernel.actors import Access, Actor, ActorKind, EveryPermission
from citydesk.kernel.clock import utc_now
from citydesk.kernel.command_line import Console, Exit
from citydesk.kernel.documents import render_pdf
from citydesk.kernel.errors import Invalid


def register(subparsers: Any) -> None:
    """Add `forms` with its verb."""
    parser = subparsers.add_parser("forms", help="print numbered intake forms for when the system is down")
    verbs = parser.add_subparsers(dest="verb", metavar="verb", required=True)
    verb = verbs.add_parser("print", help="number a batch and write its paper", description=__doc__)
    verb.add_argument("--count", type=int, required=True, help="how many forms (1 to 500), one sheet each")
    verb.add_argument("--service", action="append", default=[], metavar="CODE", help="a code to list; may be repeated")
    verb.add_argument("--desk", default="", help="for which desk")
    verb.add_argument("--out", type=Path, default=None, metavar="FILE.pdf", help="default: intake-forms-<number>.pdf")
    verb.set_defaults(run=run_print)


def run_print(given: Namespace, console: Console) -> int:
    """Number the forms and write the PDF. The file's folder is looked at first: numbers are not used up for nothing."""
    folder = (given.out or Path()).resolve().parent if given.out else Path.cwd()
    if not folder.is_dir():
        raise Invalid(f"There is no folder {folder}.", field="out")
    access = Access(Actor(ActorKind.SYSTEM, None, f"command line ({getpass.getuser()})"), EveryPermission())
    batch_id = services.print_forms(
        count=given.count, service_codes=given.service, desk=given.desk, access=access, now=utc_now()
    )
    batch = queries.get_batch(access=access, batch_id=batch_id)
    data = queries.paper_of_batch(access=access, batch_id=batch_id)
    file = given.out or Path(f"intake-forms-{batch.first_number}.pdf")
    with console.progress(f"Drawing {batch.count} forms"):
        file.write_bytes(
            render_pdf("interactions/intake_forms.typ", data, language=data["languages"][0], now=batch.printed_at)
        )
    report = {
        "batch": batch_id,
        "first": batch.first_number,
        "last": batch.last_number,
        "count": batch.count,
        "desk": batch.desk,
        "file": str(file),
    }
    words = f"{batch.count} forms, {batch.first_number} to {batch.last_number}: {file}. Print on both sides."
    console.report(report, words)
    return Exit.OK
