"""Pages: a redacted page is a picture of the page with black where something was, and nothing behind it.

Whatever a PDF page is made of (text, hidden layers, notes, forms), its picture has only what is seen. A page without
marks is copied as it is, without notes and attachments; of a document with layers every page is a picture, for a copy
would show all of them.
"""

import io
from collections.abc import Iterable, Mapping, Sequence

import pikepdf
from PIL import Image, ImageDraw

from citydesk.kernel.files import opened_pdf
from citydesk.management.records.engines.packages import saved, strip

# Left, top, right, bottom as shares of the page from its upper left corner.
Box = tuple[float, float, float, float]
_DPI = 150
_PAGE = (612, 792)  # US letter in points
_MARGIN = 0.002


def page_count(content: bytes) -> int:
    """How many pages a PDF has."""
    with pikepdf.open(io.BytesIO(content)) as document:
        return len(document.pages)


def text_of(content: bytes) -> list[str]:
    """The text of each page."""
    with opened_pdf(content) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def boxes_of_phrase(content: bytes, phrase: str) -> list[tuple[int, Box]]:
    """Where a phrase stands: (page from 1, box), one for each line it runs over."""
    found: list[tuple[int, Box]] = []
    with opened_pdf(content) as document:
        for number, page in enumerate(document, 1):
            width, height = page.get_size()
            text = page.get_textpage()
            search = text.search(phrase, match_case=False)
            while (hit := search.get_next()) is not None:
                start, length = hit
                for at in range(text.count_rects(start, length)):
                    left, bottom, right, top = text.get_rect(at)
                    found.append((number, _wide((left / width, 1 - top / height, right / width, 1 - bottom / height))))
    return found


def page_picture(content: bytes, page: int, boxes: Iterable[Box] = (), *, dpi: int = 90) -> bytes:
    """A PNG of a page (from 1) with its marks in black."""
    return _png(_drawn(content, page, boxes, dpi))


def picture_with_marks(image: Image.Image, boxes: Sequence[Box]) -> bytes:
    """A PNG of a picture, at most 1200 pixels a side, with its marks in black."""
    plain = image.convert("RGB")
    _blacken(plain, boxes)
    plain.thumbnail((1200, 1200))
    return _png(plain)


def redact_pdf(content: bytes, marks: Mapping[int, Sequence[Box]]) -> bytes:
    """The PDF with each marked page (from 1) replaced by its picture."""
    out, drawn = pikepdf.new(), []
    with pikepdf.open(io.BytesIO(content)) as source:
        has_layers = "/OCProperties" in source.Root
        for number, page in enumerate(source.pages, 1):
            boxes = marks.get(number, ())
            if boxes or has_layers:
                picture = _image_pdf(_drawn(content, number, boxes, _DPI), _DPI)
                drawn.append(pikepdf.open(io.BytesIO(picture)))  # open until the end: pages are copied on saving
                out.pages.append(drawn[-1].pages[0])
            else:
                out.pages.append(page)
                for key in ("/Annots", "/AA", "/Metadata", "/PieceInfo"):
                    if key in out.pages[-1].obj:
                        del out.pages[-1].obj[key]
        strip(out)
        return saved(out)


def picture_as_pdf(content: bytes, boxes: Sequence[Box]) -> bytes:
    """A picture with its marks in black, alone on a page."""
    with Image.open(io.BytesIO(content)) as opened:
        image = opened.convert("RGB")
    _blacken(image, boxes)
    image.thumbnail((1600, 1600))
    paper = Image.new("RGB", (int(_PAGE[0] / 72 * _DPI), int(_PAGE[1] / 72 * _DPI)), "white")
    room = (paper.width - 150, paper.height - 200)
    image.thumbnail(room)
    paper.paste(image, (75, 75))
    return _image_pdf(paper, _DPI)


def _drawn(content: bytes, page: int, boxes: Iterable[Box], dpi: int) -> Image.Image:
    with opened_pdf(content) as document:
        image: Image.Image = document[page - 1].render(scale=dpi / 72).to_pil().convert("RGB")
    _blacken(image, boxes)
    return image


def _blacken(image: Image.Image, boxes: Iterable[Box]) -> None:
    draw = ImageDraw.Draw(image)
    for left, top, right, bottom in boxes:
        corners = (left * image.width, top * image.height, right * image.width, bottom * image.height)
        draw.rectangle(corners, fill="black")


def _wide(box: Box) -> Box:
    left, top, right, bottom = box
    return (
        max(0.0, left - _MARGIN),
        max(0.0, top - _MARGIN),
        min(1.0, right + _MARGIN),
        min(1.0, bottom + _MARGIN),
    )


def _image_pdf(image: Image.Image, dpi: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "PDF", resolution=dpi, quality=80)
    return out.getvalue()


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
