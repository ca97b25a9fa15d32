"""The web server is killed while a clerk types: its processes, not its answers. Nothing typed is lost."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from django.db import connection

from citydesk.contact.interactions.models import Interaction
from citydesk.desk.tests.contact_city import try_now
from config.cli.serve import web_command
from config.launcher.server import free_port
from tests.journeys.desk import Contact

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).resolve().parents[2]


class Server:
    """The web server on the test's own database; each start is a new group of processes."""

    def __init__(self, log: Path) -> None:
        self.port, self.log, self.process = free_port(), log, None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"  # the name the session cookie is for

    def start(self, database: str = "") -> None:
        """Serve the database of the tests, or another one."""
        address = database or self.address()
        command = [*web_command("127.0.0.1", self.port, workers=1)[:-1], "tests.journeys.served:application"]
        self.process = subprocess.Popen(
            [sys.executable, *command[1:]],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": address, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
            stdout=self.log.open("ab"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        until = time.monotonic() + 180
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz/live", timeout=2):
                    return
            except OSError:
                assert self.process.poll() is None, self.log.read_text()[-3000:]
                time.sleep(0.1)
        raise AssertionError(f"The web server did not come up: {self.log.read_text()[-3000:]}")

    @staticmethod
    def address() -> str:
        database = connection.settings_dict
        login = f"{database['USER']}:{database['PASSWORD']}" if database["PASSWORD"] else database["USER"]
        return f"postgresql://{login}@{database['HOST']}:{database['PORT']}/{database['NAME']}"

    def kill(self) -> None:
        """As the kernel does when memory runs out: no goodbye."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@pytest.fixture
def server(city, tmp_path):
    started = Server(tmp_path / "served.log")
    started.start()
    yield started
    started.kill()


def test_a_web_server_killed_in_mid_form_loses_nothing(city, seat, server, axe):
    page = seat("dana", watched=False)
    page.goto(f"{server.url}/desk/contact/")
    contact = Contact.new(page)
    contact.words("big pothole in the road").code("pothole").kept()

    server.kill()
    page.focus("#f-where")
    page.keyboard.type("136 Quarry Rd", delay=5)
    page.focus("#f-words")
    page.keyboard.press("End")
    page.keyboard.type(", two cars damaged", delay=5)
    page.wait_for_selector("#lost:not([hidden])")
    axe(page)

    server.start()
    try_now(page)
    contact.kept()
    held = Interaction.objects.get()
    assert (held.draft["words"], held.draft["where"], held.draft["code"]) == (
        "big pothole in the road, two cars damaged",
        "136 Quarry Rd",
        "pothole",
    )
    page.reload()
    assert page.input_value("#f-where") == "136 Quarry Rd"
    assert page.input_value("#f-words") == "big pothole in the road, two cars damaged"
    page.goto("about:blank")
