"""Pictures are drawn anew: what is stored is the picture alone, without place, camera, comments or hidden contents."""

import io
import warnings
from dataclasses import dataclass

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from citydesk.kernel.errors import Invalid

MAX_PIXELS = 50_000_000
LONGEST_SIDE = 4096
THUMBNAIL = (320, 320)
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


@dataclass(frozen=True)
class Picture:
    content: bytes
    content_type: str
    extension: str
    width: int
    height: int


def clean_image(content: bytes) -> Picture:
    """The picture drawn anew, turned upright, at most 4096 pixels a side; of several frames the first.

    JPEG and WebP become JPEG or PNG (where they have transparency), so every later reader knows the format.
    """
    image = _open(content)
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = io.BytesIO()
    if image.mode == "RGB":
        image.save(out, "JPEG", quality=88, optimize=True)
        return Picture(out.getvalue(), "image/jpeg", "jpg", *image.size)
    image.save(out, "PNG", optimize=False)
    return Picture(out.getvalue(), "image/png", "png", *image.size)


def make_thumbnail(content: bytes) -> bytes:
    """A JPEG of at most 320 pixels a side."""
    image = _open(content)
    image.thumbnail(THUMBNAIL)
    if image.mode != "RGB":
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
        image = ground
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80, optimize=True)
    return out.getvalue()


def _open(content: bytes) -> Image.Image:
    """The decoded first frame, upright, in RGB or RGBA without any metadata."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
                opened.load()
                is_png = opened.format == "PNG"
                upright = ImageOps.exif_transpose(opened) or opened
                has_alpha = "A" in upright.getbands() or "transparency" in upright.info
                # A PNG stays lossless: it is a screenshot or a drawing, and JPEG would smear its letters.
                plain = upright.convert("RGBA" if has_alpha or is_png else "RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Invalid(_("This picture has too many pixels."), field="file", hint=_("Make it smaller first.")) from error
    except Exception as error:  # a broken picture may raise anything from a decoder; it is the sender's, not ours
        raise Invalid(_("This picture is damaged."), field="file", hint=_("Save it again and send that.")) from error
    bare = Image.new(plain.mode, plain.size)
    bare.paste(plain)
    return bare
