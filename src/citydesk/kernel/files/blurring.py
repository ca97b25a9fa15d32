"""Areas of a picture made unreadable: the pixels are averaged away, not covered, so that nothing can be taken off."""

import io
from collections.abc import Sequence

from PIL import Image

# So many patches of one color along the longer side of an area: a face or a plate is beyond recognition.
_PATCHES = 4


def blurred(content: bytes, boxes: Sequence[tuple[float, float, float, float]]) -> bytes:
    """The picture drawn anew with its areas averaged into a few patches. Areas are left, top, right, bottom as shares.

    PNG stays PNG, everything else becomes JPEG; there is no metadata.
    """
    with Image.open(io.BytesIO(content)) as opened:
        is_png = opened.format == "PNG"
        image = opened.convert("RGB")
    for left, top, right, bottom in boxes:
        area = (
            int(left * image.width),
            int(top * image.height),
            max(int(left * image.width) + 1, round(right * image.width)),
            max(int(top * image.height) + 1, round(bottom * image.height)),
        )
        part = image.crop(area)
        longest = max(part.size)
        small = (max(1, _PATCHES * part.width // longest), max(1, _PATCHES * part.height // longest))
        image.paste(part.resize(small, Image.Resampling.BOX).resize(part.size, Image.Resampling.NEAREST), area[:2])
    out = io.BytesIO()
    image.save(out, "PNG") if is_png else image.save(out, "JPEG", quality=88)
    return out.getvalue()
