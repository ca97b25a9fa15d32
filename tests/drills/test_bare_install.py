"""A bare Debian to a city that answers: made by debootstrap in a folder, in namespaces of its own, by the commands of
`docs/admin/install.md`. Needs root, debootstrap and a mirror; full size alone, since it fetches all it needs."""

import json
import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from tests.drills.conftest import FULL

ROOT = Path(__file__).resolve().parents[2]
MINUTES = 15  # from bare to a city that answers, on a machine that is not busy with others
pytestmark = [
    pytest.mark.drill,
    pytest.mark.timeout(5400),
    pytest.mark.skipif(not FULL, reason="fetches a Debian and all packages: DRILL_SIZE=full"),
]
# How this machine reaches its packages is its own matter: names of settings that a bare system is lent.
LENT = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "PIP_INDEX_URL")
LENT_FILES = ("/etc/resolv.conf", "/etc/pip.conf", "/etc/npmrc")
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
AUTHORITIES = "/etc/ssl/lent.crt"
# What of the doctor's findings an installation alone makes well; the rest waits for the first boot, mail and backups.
STANDS = ("database", "migrations", "extensions", "practice", "profile", "people", "confidences", "secrets", "assets")


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """A Debian 12 without anything on it, with the release unpacked where the documentation says."""
    if os.geteuid() or not shutil.which("debootstrap") or not shutil.which("unshare"):
        pytest.skip("a bare Debian needs root, debootstrap and unshare")
    place = tmp_path_factory.mktemp("bare")
    place.chmod(0o755)  # it is "/" to those who are not root there
    words = ["debootstrap", "--variant=minbase", "bookworm", str(place)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-500:]
    release = place / "opt/citydesk/releases/1"
    release.mkdir(parents=True)
    commit = os.environ.get("DRILL_COMMIT", "HEAD")
    taken = subprocess.Popen(["git", "-C", ROOT, "archive", commit], stdout=subprocess.PIPE)
    subprocess.run(["tar", "x", "-C", release], stdin=taken.stdout, check=True)
    assert taken.wait() == 0
    for name in LENT_FILES:
        if Path(name).exists():
            shutil.copyfile(name, place / name.lstrip("/"))
    known = os.environ.get("SSL_CERT_FILE") or "/etc/ssl/certs/ca-certificates.crt"
    if Path(known).exists():
        (place / "etc/ssl").mkdir(exist_ok=True)
        shutil.copyfile(known, place / AUTHORITIES.lstrip("/"))
    shutil.copyfile(Path(__file__).with_name("bare.sh"), place / "drill.sh")
    yield place
    shutil.rmtree(place, ignore_errors=True)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def run_in(place, port):
    """The script in mount and process namespaces of its own: what it starts and mounts ends with it."""
    inside = 'mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && exec chroot "$0" /bin/sh /drill.sh "$1"'
    words = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "/bin/sh", "-c", inside, str(place), str(port)]
    lent = {name: os.environ[name] for name in LENT if name in os.environ}
    names = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
    lent |= dict.fromkeys(names, AUTHORITIES) if (place / AUTHORITIES.lstrip("/")).exists() else {}
    return subprocess.run(words, capture_output=True, text=True, check=False, env={"PATH": PATH, **lent})


def test_from_a_bare_debian_to_a_city_that_answers(bare, report):
    done = run_in(bare, free_port())
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    steps = {line.split()[1]: int(line.split()[2]) for line in done.stdout.splitlines() if line.startswith("STEP ")}
    first, second = (json.loads((bare / f"tmp/{name}.json").read_text()) for name in ("first", "second"))
    said = json.loads((bare / "tmp/doctor.json").read_text())["findings"]
    states = {one["name"]: one["state"] for one in said}
    minutes = sum(steps.values()) / 60
    report(**steps, minutes=f"{minutes:.1f}", changed=len(first["changed"]), checks=len(said))
    assert steps.keys() == {"packages", "production", "install", "again", "user", "pages", "doctor"}
    # What a chroot cannot have is said, and nothing is changed twice.
    assert first["changed"] and second["changed"] == [], second
    assert any("boots" in words for words in first["left"]), first["left"]
    assert (bare / "etc/citydesk/citydesk.env").stat().st_mode & 0o777 == 0o600
    assert [name for name in STANDS if states.get(name) == "bad"] == [], said
    if os.getloadavg()[0] < 2:
        assert minutes <= MINUTES
