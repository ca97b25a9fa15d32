"""What is kept of a file: the picture alone, the whole of it or nothing."""

import errno
import io
import zipfile
from hashlib import sha256

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from citydesk.kernel.files import content_of
from citydesk.kernel.files.store import NoRoom, path_of
from citydesk.kernel.models import StoredFile
from citydesk.kernel.tests.test_files import keep, office, pdf, photo


@pytest.mark.django_db
def test_of_a_photo_that_is_something_else_too_the_picture_alone_is_kept():
    hidden = b"<script>alert(1)</script><?php system('id');"
    for name, fmt in (("a.jpg", "JPEG"), ("a.png", "PNG"), ("a.gif", "GIF"), ("a.webp", "WEBP")):
        row = keep(photo(fmt) + hidden + office({}), name)
        kept = content_of(row.pk)
        assert b"script" not in kept and b"php" not in kept and b"PK\x03\x04" not in kept
        assert not zipfile.is_zipfile(io.BytesIO(kept))


@pytest.mark.django_db
def test_a_full_disk_refuses_the_file_in_words_and_leaves_no_half_of_it(monkeypatch):
    content = pdf()
    real = default_storage.save

    def half(path, given):
        real(path, ContentFile(given.read()[:50]))
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(default_storage, "save", half)
    with pytest.raises(NoRoom) as refused:
        keep(content, "a.pdf")
    assert (refused.value.status, refused.value.field) == (503, "file") and "no room" in str(refused.value.message)
    assert not StoredFile.objects.exists() and not default_storage.exists(path_of(sha256(content).hexdigest()))
    monkeypatch.undo()
    assert content_of(keep(content, "a.pdf").pk) == content


@pytest.mark.django_db
def test_half_a_file_of_a_killed_process_is_written_anew():
    content = pdf()
    path = path_of(sha256(content).hexdigest())
    default_storage.delete(path)
    default_storage.save(path, ContentFile(content[:100]))
    assert content_of(keep(content, "a.pdf").pk) == content
