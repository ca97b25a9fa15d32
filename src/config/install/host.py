"""The host that is changed: `/`, or a folder that holds another system (`--root`), or nothing at all (`--dry-run`)."""

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from config.install.files import HostFile, HostFolder
from config.launcher.errors import LauncherRefused


@dataclass
class Host:
    """Writes and runs on a host and notes what it changed; a dry run only notes."""

    root: Path = Path("/")
    is_dry: bool = False
    changed: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    @property
    def is_here(self) -> bool:
        return self.root == Path("/")

    @property
    def is_system(self) -> bool:
        """Whether there is a Debian in the folder, or only files are to be written."""
        return self.at("/usr/bin/dpkg").exists()

    @property
    def has_systemd(self) -> bool:
        return self.is_here and Path("/run/systemd/system").exists()

    def at(self, path: str) -> Path:
        """A path of the host as this process sees it."""
        return self.root / path.lstrip("/")

    def note(self, is_changed: bool, words: str) -> bool:
        (self.changed if is_changed else self.same).append(words)
        return is_changed

    def ask(self, *words: str, as_user: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command that looks only; done in a dry run too."""
        return subprocess.run(self.command(words, as_user), capture_output=True, text=True, check=False, env=plain())

    def do(self, *words: str, as_user: str = "", said: str = "") -> None:
        """Run a command that changes. Raises `LauncherRefused` with the end of what it said."""
        if self.is_dry:
            return
        done = subprocess.run(
            self.command(words, as_user), capture_output=True, text=True, check=False, env=plain(), input=said
        )
        if done.returncode:
            tail = (done.stderr or done.stdout).strip()[-1500:]
            raise LauncherRefused(f"{' '.join(words[:4])} did not finish (code {done.returncode}):\n{tail}")

    def command(self, words: tuple[str, ...], as_user: str) -> list[str]:
        inner = ["runuser", "-u", as_user, "--", *words] if as_user else list(words)
        return inner if self.is_here else ["chroot", str(self.root), *inner]

    def write(self, file: HostFile) -> bool:
        """Write a file if it is not as it should be, whole or not at all; returns whether it changed."""
        place = self.at(file.path)
        is_new = not place.exists() or place.read_text() != file.text or place.stat().st_mode & 0o7777 != file.mode
        if is_new and not self.is_dry:
            place.parent.mkdir(parents=True, exist_ok=True)
            fresh = place.with_name(f".{place.name}.new")
            fresh.unlink(missing_ok=True)
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, file.mode), "w") as out:
                out.write(file.text)
            fresh.chmod(file.mode)
            self.own(fresh, file.owner)
            fresh.replace(place)
        return self.note(is_new, file.path)

    def folder(self, folder: HostFolder) -> bool:
        place = self.at(folder.path)
        is_new = not place.is_dir() or place.stat().st_mode & 0o7777 != folder.mode
        if is_new and not self.is_dry:
            place.mkdir(parents=True, exist_ok=True)
            self.own(place, folder.owner)
            place.chmod(folder.mode)
        return self.note(is_new, folder.path)

    def link(self, path: str, target: str) -> bool:
        """Lead a link to a target in one step, so that nobody finds it missing."""
        place = self.at(path)
        is_new = not place.is_symlink() or os.readlink(place) != target
        if is_new and not self.is_dry:
            place.parent.mkdir(parents=True, exist_ok=True)
            fresh = place.with_name(f".{place.name}.new")
            fresh.unlink(missing_ok=True)
            fresh.symlink_to(target)
            fresh.replace(place)
        return self.note(is_new, f"{path} -> {target}")

    def own(self, place: Path, owner: str) -> None:
        """Give a path to its owner; without a system in the folder names mean nothing yet."""
        if os.geteuid() != 0 or not self.is_system or owner == "root:root":
            return
        names = zip(("passwd", "group"), owner.split(":"), strict=True)
        user, group = (self.number(kind, name) for kind, name in names)
        if user is not None and group is not None:
            os.chown(place, user, group)

    def number(self, kind: str, name: str) -> int | None:
        """The number of a user or group on the host."""
        file = self.at(f"/etc/{kind}")
        for line in file.read_text().splitlines() if file.exists() else []:
            parts = line.split(":")
            if parts[0] == name:
                return int(parts[2])
        return None


def plain() -> dict[str, str]:
    """The environment of commands on the host: nothing of ours goes along."""
    foreign = ("PG", "CITYDESK_", "PYTHON", "DJANGO_", "DATABASE_URL", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return {**kept, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
