"""A switch's file brought by who keeps the floor: what the command line does, for files of a size a page can take."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _

from citydesk.contact.traffic import services
from citydesk.contact.traffic.choices import SourceFormat
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Invalid
from citydesk.kernel.imports.runs import Tally

# Some fifty thousand lines, a few seconds of work; a year's log is for the command line.
MOST_MEGABYTES = 5


def bring_file(request: HttpRequest, access: Access, now: datetime) -> Tally:
    """Import the file of the form. Raises `Invalid` beside its field, and `Conflict` while this switch is imported."""
    uploaded = request.FILES.get("file")
    if not isinstance(uploaded, UploadedFile):
        raise Invalid(_("Choose a file."), field="file")
    if (uploaded.size or 0) > MOST_MEGABYTES << 20:
        most = _("Larger than %(mb)s MB: let it be brought by “citydesk import contacts”.") % {"mb": MOST_MEGABYTES}
        raise Invalid(most, field="file")
    source = request.POST.get("switch", "").strip()
    if not source:
        raise Invalid(_("Write the switch's short name. The same name knows again what came before."), field="switch")
    form = request.POST.get("format", "")
    if form not in set(SourceFormat):
        raise Invalid(_("Choose what the file is."), field="format")
    with _kept(uploaded) as file:
        return services.import_contacts(file=file, format=form, source=source, actor=access.actor, now=now)


@contextmanager
def _kept(uploaded: UploadedFile) -> Iterator[Path]:
    """What was sent as a file under the name it had, for as long as it is read."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / (PurePath(uploaded.name or "").name[-100:] or "file")
        with file.open("wb") as opened:
            for part in uploaded.chunks():
                opened.write(part)
        yield file
