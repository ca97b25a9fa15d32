"""`citydesk import requests|notes|attachments|open311|compare`: what another system's export holds of requests.

Exit codes: 0 every row is here, 1 some rows were bad and the others are here (with --dry-run: would be; compare: both
sides differ), 3 refused and nothing was written (an unreadable file, no fitting mapping, or a bad row with --strict),
4 the endpoint could not be reached (what was read is kept; the same command goes on there).
"""

from typing import Any

from citydesk.contact.service_requests.commands import belongings, endpoints, files
from citydesk.kernel.command_line import verbs_of


def register(subparsers: Any) -> None:
    """Add the verbs of `import`."""
    kinds = verbs_of(subparsers, "import", "bring data over from another system's export")
    files.register(kinds)
    belongings.register(kinds)
    endpoints.register(kinds)
