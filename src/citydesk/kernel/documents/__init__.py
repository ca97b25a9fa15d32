"""Printed documents: Typst templates of the rooms, data as JSON, out comes a tagged PDF (PDF/UA-1).

A template is `<room>/documents/<name>.typ`, asked for as "<room>/<name>.typ"; it may import the house's paper with
`#import "/kernel/documents/house.typ": data, facts, listing, paper`. Rendering takes some tens of milliseconds and
blocks no other thread; long lists belong in a job.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.utils.translation import gettext

from citydesk.kernel.outbox import plain

# "/" in a template's imports is the folder of the halls and the kernel.
_ROOT = Path(__file__).resolve().parents[2]


def template_path(template: str) -> Path:
    """The file of "<room>/<name>.typ". Raises `LookupError` for a room or template that is not there."""
    room, _slash, name = template.partition("/")
    folder = Path(apps.get_app_config(room).path).resolve() / "documents"
    path = (folder / name).resolve()
    if path.suffix != ".typ" or folder not in path.parents or not path.is_file():
        raise LookupError(f"there is no document template {template}")
    return path


def render_pdf(template: str, data: dict[str, Any], *, language: str, now: datetime | None = None) -> bytes:
    """The PDF of a template filled with `data`; `data["title"]` is the document's title, `language` its language.

    Values reach the template as text and numbers, never as Typst code. With `now` the same data gives the same bytes.
    """
    import typst  # 40 MB of compiler: loaded by the process that prints, when it prints

    path = template_path(template)
    source: Any = _marked(path) if settings.PRACTICE else path
    inputs = {"data": json.dumps(plain({**data, "language": language}), ensure_ascii=False)}
    return bytes(
        typst.compile(
            source,
            root=_ROOT,
            font_paths=_font_paths(),
            sys_inputs=inputs,
            format="pdf",
            pdf_standards=["ua-1"],
            timestamp=int(now.timestamp()) if now else None,
        )
    )


def _marked(template: Path) -> bytes:
    """The template under a mark on every page: paper of a practice city is never taken for the city's own."""
    word = json.dumps(gettext("PRACTICE"), ensure_ascii=False)
    mark = (
        f"#set page(background: {{ rotate(-40deg, text(size: 88pt, weight: 700, fill: luma(222), {word}))\n"
        f"place(top + center, dy: 6mm, text(size: 11pt, weight: 700, {word})) }})"
    )
    return f'{mark}\n#include "/{template.relative_to(_ROOT).as_posix()}"\n'.encode()


def _font_paths() -> list[Path]:
    """Folders with faces beside the system's and the compiler's own: the house's, and those a city adds."""
    folders = [Path(__file__).parent / "faces", Path(settings.VAR_DIR) / "fonts"]
    return [folder for folder in folders if folder.is_dir()]
