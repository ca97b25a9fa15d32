"""A release: a folder with the program and its environment. Its own commands answer for it."""

import json
import os
import pwd
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.launcher.errors import LauncherRefused


@dataclass(frozen=True)
class Release:
    """The program in a folder."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / ".venv/bin/python"

    def faults(self) -> list[str]:
        """One sentence for each thing that is missing in the folder; an empty list when all is there."""
        if not (self.folder / "src/config").is_dir():
            return [f"{self.folder} is no release: it has no src/config."]
        if not self.python.exists():
            return [f"{self.folder} is not ready: run `make production` in it."]
        return []

    def version_of(self, package: str) -> str:
        """The version of a package in the release's environment; empty when it is not there."""
        found = sorted((self.folder / ".venv/lib").glob(f"python3*/site-packages/{package}-*.dist-info"))
        return found[-1].name.removeprefix(f"{package}-").removesuffix(".dist-info") if found else ""

    def minor(self) -> str:
        """Python's version, as the environment was made with."""
        place = self.folder / ".venv/pyvenv.cfg"
        said = re.search(r"version\S* = (\d+\.\d+)", place.read_text()) if place.exists() else None
        return said[1] if said else ""

    def call(self, words: list[str]) -> subprocess.CompletedProcess[str]:
        """Run its Python with this host's settings, as the services' user where there is one."""
        environment = {**os.environ, "PYTHONPATH": f"{self.folder / 'src'}{os.pathsep}{self.folder}"}
        environment.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        return subprocess.run(
            [str(self.python), *words], env=environment, capture_output=True, text=True, check=False, **lesser()
        )

    def do(self, *words: str) -> Any:
        """One of its commands with `--json`; what it reported. Raises `LauncherRefused` with its words."""
        done = self.call(["-m", "config.cli", *words, "--json"])
        if done.returncode:
            said = (done.stderr or done.stdout).strip()[-1500:]
            raise LauncherRefused(f"citydesk {' '.join(words)} of {self.folder.name} did not finish:\n{said}")
        return json.loads(done.stdout)


def lesser() -> dict[str, Any]:
    """Arguments of `subprocess` that give up root's rights where the host has the services' user."""
    if os.geteuid() != 0 or os.environ.get("CITYDESK_ENV") != "production":
        return {}
    try:
        own = pwd.getpwnam("citydesk")
    except KeyError:
        return {}
    return {"user": own.pw_uid, "group": own.pw_gid, "extra_groups": []}
