"""Hatchling hook: a wheel carries the fetched assets and the compiled catalogs, which are not in the repository."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class AssetsHook(BuildHookInterface):
    """Runs `tools/assets.py` and compiles the texts before a wheel is packed; an editable install needs neither."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel" or version == "editable":
            return
        sys.path.insert(0, str(Path(self.root)))
        from tools import assets, texts

        if not assets.is_current():
            assets.fetch()
            assets.build()
        texts.compile_all()

    def dependencies(self) -> list[str]:
        """What the hook itself imports, for a build in an environment of its own."""
        return ["Babel>=2.17,<3", "Jinja2>=3.1.6,<4"] if self.target_name == "wheel" else []
