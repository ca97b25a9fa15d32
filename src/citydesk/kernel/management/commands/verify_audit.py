from typing import Any

from django.core.management.base import BaseCommand, CommandError

from citydesk.kernel.sealer import verify_audit


class Command(BaseCommand):
    """Read the audit chain again; exit code 1 and the first bad entry when it does not hold."""

    help = "Verify the audit chain and print its head."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--head", default="", help="a head written down earlier, as ID:DIGEST")

    def handle(self, *args: Any, **options: Any) -> None:
        known_id, _colon, known = options["head"].partition(":")
        found = verify_audit(head_id=int(known_id) if known_id else None, head=known)
        if found.bad_id is not None:
            raise CommandError(f"Entry {found.bad_id}: {found.reason}. {found.sealed} entries before it hold.")
        self.stdout.write(f"{found.sealed} entries hold. Head: {found.head_id}:{found.head}")
