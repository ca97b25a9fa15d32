"""Guard 19: what calls the outside is on this list, is bounded in time, and is never what a page waits for.

A page that asks a neighbor is as slow as the neighbor. So calls are made in jobs, in lanes of their own; the one
exception is sign-in with the city's identity provider, which is bounded by `provider_line`.
"""

import re

from citydesk.city.staff.adapters import provider_line
from citydesk.kernel import outward, smtp
from citydesk.kernel.files import scanning
from config.cli.work import LANES
from tests.guards.house import SOURCE, at, called, calls, files, imports, none_of, plant

OUTSIDE = re.compile(
    r"^(smtplib|imaplib|poplib|ftplib|socket|ssl|requests|httpx|aiohttp|urllib3|websockets|boto3|paramiko"
    r"|http\.client|urllib\.request|asyncio\.open_connection|django\.core\.mail)(\.|$)"
)
# File (below src) to why it may hold a line to somewhere else.
KNOWN = {
    "citydesk/kernel/outward.py": "webhooks and other Open311 systems; in jobs",
    "citydesk/kernel/smtp.py": "the mail server; in jobs",
    "citydesk/kernel/practice.py": "the door before kernel.smtp, shut in a practice city; opens no line of its own",
    "citydesk/kernel/files/scanning.py": "the virus scanner; in jobs",
    "citydesk/city/correspondence/services/delivery.py": "letters over kernel.smtp; in jobs",
    "citydesk/city/staff/services/sign_in.py": "password mails over kernel.smtp; in jobs",
    "citydesk/city/staff/adapters/provider_line.py": "the identity provider's errors; the exception",
    "citydesk/city/staff/adapters/identities.py": "the identity provider over provider_line; the exception",
    "citydesk/city/staff/adapters/urls.py": "shows the identity provider's errors; the exception",
    "citydesk/kernel/watchdog.py": "the service manager's socket on this machine",
}
# The functions that make a call or lead to one, and the shelves on which nobody may name them.
CALLERS = {
    "deliver", "deliver_due", "send_on", "poll", "poll_due", "send_password_link", "send_notice", "scan_file", "scan",
    "outward.call", "EmailMessage", "get_connection", "urlopen",
}  # fmt: skip
FOR_PAGES = {"views", "api", "forms", "handlers", "middleware", "offers", "adapters", "queries", "panels"}


def lines_in(source):
    """Files that hold a line to somewhere, by their place."""
    for file in files(source):
        shown = file.path.relative_to(source).as_posix()
        for node, name in imports(file.tree()):
            if OUTSIDE.match(name) and shown.startswith("citydesk/"):
                yield shown, f"{at(file, node)} can call the outside ({name}): bound it and add it to the list"


def faults_of_pages(source):
    for file in files(source):
        if file.shelf in FOR_PAGES:
            for node in calls(file.tree()):
                name = called(node)
                if name in CALLERS or name.rpartition(".")[2] in CALLERS - {"scan", "poll"}:
                    yield f"{at(file, node)} lets a page wait for somebody outside ({name})"


def queues_in(source):
    """(where, task, queue) of every deferred job and every declared one."""
    for file in files(source):
        for node in calls(file.tree()):
            name = called(node).rpartition(".")[2]
            if name in ("defer", "job", "periodic") and node.args and hasattr(node.args[0], "value"):
                given = [
                    word.value.value for word in node.keywords if word.arg == "queue" and hasattr(word.value, "value")
                ]
                usual = "sweeps" if name == "periodic" else "default"
                yield at(file, node), name, str(node.args[0].value), (given or [usual])[0]


def test_what_calls_the_outside_is_known_and_nobody_else_does():
    found = dict(lines_in(SOURCE))
    none_of([words for place, words in found.items() if place not in KNOWN])
    assert not set(KNOWN) - set(found), "these call nobody any more"


def test_no_page_waits_for_somebody_outside():
    none_of(list(faults_of_pages(SOURCE)))


def test_planted_calls_are_caught(tmp_path):
    source = plant(
        tmp_path,
        citydesk__city__staff__views="import httpx\nservices.send_notice(to=x)\nsend_notice.defer()\n",
        citydesk__city__staff__services="from urllib.request import urlopen\nimport json\n",
    )
    assert sorted(place for place, _words in lines_in(source)) == [
        "citydesk/city/staff/services.py",
        "citydesk/city/staff/views.py",
    ]
    assert len(list(faults_of_pages(source))) == 1


def test_calls_are_bounded():
    assert outward.CONNECT_SECONDS <= 3 and outward.TOTAL_SECONDS <= 10
    assert smtp.CONNECT_SECONDS <= 3 and smtp.TOTAL_SECONDS <= 10
    assert provider_line.CONNECT_SECONDS <= 3 and provider_line.ANSWER_SECONDS <= 5 and provider_line.AT_ONCE <= 2
    assert scanning.CONNECT_SECONDS <= 3


def test_every_job_stands_in_the_lane_it_was_declared_for():
    """A job that is deferred into a queue nobody serves waits for ever; one in another lane holds that one up."""
    served = {queue for queues, _most in LANES.values() for queue in queues}
    rows = list(queues_in(SOURCE))
    declared = {task: queue for _where, kind, task, queue in rows if kind != "defer"}
    none_of(
        [f"{where} uses a queue without a lane ({queue})" for where, _kind, _task, queue in rows if queue not in served]
    )
    none_of(
        [
            f"{where} defers {task} into {queue}; it was declared for {declared[task]}"
            for where, kind, task, queue in rows
            if kind == "defer" and "." in task and declared.get(task, queue) != queue
        ]
    )
    outside = {"referrals.deliver", "referrals.deliver_due", "referrals.poll", "referrals.send_on"}
    assert {task for task in outside if declared[task] == "outside"} == outside
