"""Opening a file: by its token, after its room's guard said yes. All else is 404."""

from urllib.parse import quote

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from citydesk.kernel.files.store import path_of, thumbnail_path_of
from citydesk.kernel.models import StoredFile
from citydesk.kernel.pages import access_of, public
from citydesk.kernel.registries import load_dotted, registries

# Even an image we drew ourselves runs nothing and loads nothing when opened on its own.
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@public("the guard of the file's room decides")
@require_GET
def file(request: HttpRequest, token: str) -> HttpResponseBase:
    """The file as a download; a picture also in the page. `?small=1` is the small picture."""
    row = StoredFile.objects.filter(token=token).first()
    if row is None or not _may_open(request, row):
        raise Http404(_("There is no such file."))
    is_small = request.GET.get("small") == "1" and row.has_thumbnail
    path = thumbnail_path_of(row.sha256) if is_small else path_of(row.sha256)
    if not default_storage.exists(path):
        raise Http404(_("There is no such file."))
    response = FileResponse(default_storage.open(path), content_type="image/jpeg" if is_small else row.content_type)
    ascii_name = row.original_name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    way = "inline" if row.kind == "image" else "attachment"
    response.headers["Content-Disposition"] = (
        f"{way}; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(row.original_name, safe='')}"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _may_open(request: HttpRequest, row: StoredFile) -> bool:
    guard = registries.file_guards.get(row.purpose)
    access = access_of(request)
    if guard is None or row.scan_state == "infected":
        return False
    if row.scan_state == "waiting" and not access.actor.is_staff:
        return False
    return bool(load_dotted(guard.check)(access, row.pk))
