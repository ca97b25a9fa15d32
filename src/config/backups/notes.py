"""What the operator's commands did last, for `doctor` and the monitor: one small file each below `var/operation`."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def write(name: str, facts: dict[str, Any]) -> None:
    """Keep what was done, with the moment."""
    from django.conf import settings

    folder = Path(settings.VAR_DIR) / "operation"
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f".{name}.new"
    fresh.write_text(json.dumps({"at": datetime.now(UTC).isoformat(), **facts}, indent=1))
    fresh.replace(folder / f"{name}.json")
