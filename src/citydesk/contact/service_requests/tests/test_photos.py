"""Photo review: what is blurred is gone from the copy the public sees; the original stays for colleagues."""

import io

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from PIL import Image

from citydesk.city.staff.tests.factories import make_user
from citydesk.contact.service_requests import queries, services
from citydesk.contact.service_requests.models import RequestFile
from citydesk.contact.service_requests.services.photos import publish_photo
from citydesk.contact.service_requests.tests.factories import MORNING, everything, load_city, make_request
from citydesk.kernel import files
from citydesk.kernel.actors import NOBODY, SYSTEM, SYSTEM_ACCESS
from citydesk.kernel.errors import Invalid
from citydesk.kernel.files.blurring import blurred

pytestmark = pytest.mark.django_db


def checkered() -> bytes:
    """A picture whose left half is a fine checkerboard of two colors, its right half plain."""
    image = Image.new("RGB", (200, 100), "white")
    for x in range(100):
        for y in range(100):
            image.putpixel((x, y), (255, 0, 0) if (x // 2 + y // 2) % 2 else (0, 0, 255))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def colors_of(content: bytes, box) -> set:
    part = Image.open(io.BytesIO(content)).convert("RGB").crop(box)
    return {color for _count, color in part.getcolors(1_000_000)}


def attached() -> tuple[object, int, int]:
    load_city()
    row = make_request("pothole")
    kept = files.store_upload(checkered(), purpose="service_requests.file", name="p.png", actor=SYSTEM, now=MORNING)
    link = services.add_file(request_id=row.id, file_id=kept.pk, access=SYSTEM_ACCESS, now=MORNING)
    return row, kept.pk, link


def test_the_pixels_of_an_area_are_gone():
    done = blurred(checkered(), [(0.0, 0.0, 0.5, 1.0)])
    left = colors_of(done, (0, 0, 100, 100))
    assert (255, 0, 0) not in left and (0, 0, 255) not in left
    assert len(left) <= 16
    assert colors_of(done, (100, 0, 200, 100)) == {(255, 255, 255)}


def test_the_public_sees_the_copy_and_colleagues_the_original():
    _row, original, link = attached()
    boss = everything()
    publish_photo(link_id=link, boxes=[(0.0, 0.0, 0.5, 1.0)], access=boss, now=MORNING)
    copy = RequestFile.objects.get(pk=link).public_file_id
    assert copy and copy != original
    assert not queries.may_open_file(NOBODY, original)
    is_offered = RequestFile.objects.get(pk=link).request.service.photos == "after_review"
    assert queries.may_open_file(NOBODY, copy) == is_offered
    assert queries.may_open_file(boss, original) and queries.may_open_file(boss, copy)
    assert (255, 0, 0) not in colors_of(files.content_of(copy), (0, 0, 100, 100))
    services.review_file(link_id=link, is_public=False, access=boss, now=MORNING)
    assert not queries.may_open_file(NOBODY, copy)
    with pytest.raises(Invalid):
        publish_photo(link_id=link, boxes=[(0.5, 0.0, 0.2, 1.0)], access=boss, now=MORNING)


def test_the_review_works_without_a_pointer_and_asks_for_the_right():
    _row, _original, link = attached()
    client, page = Client(), reverse("service_requests:review_photo", args=[link])
    client.force_login(make_user("sue", roles=["supervisor"]), backend=settings.AUTHENTICATION_BACKENDS[0])
    assert "Areas to blur" in client.get(page).content.decode()
    assert client.post(page, {"areas": "10 20 thirty 5"}).status_code == 422
    assert client.post(page, {"areas": "0 0 50 100\n60, 10, 20, 20"}).status_code == 302
    assert RequestFile.objects.get(pk=link).public_file_id
    assert "Photo as the public sees it" in client.get(page).content.decode()
    client.force_login(make_user("dan", roles=["representative"]), backend=settings.AUTHENTICATION_BACKENDS[0])
    assert client.get(page).status_code == 403
