"""Pictures for the README, taken from the scripted day in the browser: `python -m tools.screenshots`.

It runs the journeys that take pictures (`picture` in tests/journeys) with a folder for them, on a demo year, and
writes docs/screenshots/*.png, each at most 200 KB. Say `-k words` to run some of them.
"""

import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs/screenshots"
JOURNEYS = "tests/journeys/test_a_day.py"
LARGEST = 200 * 1024


def small(picture: bytes) -> bytes:
    """The picture with as many colors as fit in the largest size allowed."""
    from PIL import Image

    image = Image.open(BytesIO(picture)).convert("RGB")
    for colors in (256, 128, 64, 32):
        kept = BytesIO()
        image.quantize(colors, dither=Image.Dither.NONE).save(kept, "PNG", optimize=True)
        if kept.tell() <= LARGEST:
            break
    return kept.getvalue()


def main() -> int:
    """Run the day with the camera on; returns pytest's exit code."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    words = sys.argv[1:] or ["-k", "picture or the_supervisor"]
    # The owner of the tables, who alone may take out the rows of a demo year again.
    environment = {**os.environ, "CITYDESK_PICTURES": str(FOLDER), "CITYDESK_TEST_AS": "owner"}
    command = [sys.executable, "-m", "pytest", "-q", JOURNEYS, *words]
    code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    for kept in sorted(FOLDER.glob("*.png")):
        size = kept.stat().st_size
        print(f"docs/screenshots/{kept.name}  {size // 1024} KB{'  too large' if size > LARGEST else ''}")
        code = code or int(size > LARGEST)
    return code


if __name__ == "__main__":
    sys.exit(main())
