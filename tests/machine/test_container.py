"""The container's definition says what it must. Where no builder runs, that is all that is known of it."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

DEPLOY = Path("deploy")


def instructions():
    text = re.sub(r"\\\n\s*", "", (DEPLOY / "Containerfile").read_text())
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [tuple(line.split(None, 1)) for line in lines]


def test_what_the_image_copies_is_there_and_let_in():
    let_in = {line[1:] for line in Path(".dockerignore").read_text().splitlines() if line.startswith("!")}
    for word, rest in instructions():
        if word == "COPY" and not rest.startswith("--from"):
            for name in rest.split()[:-1]:
                assert Path(name).exists() and name in let_in, name


# Programs of packages that Debian's smallest image has: apt, coreutils, passwd.
BASE = {"apt-get", "chmod", "groupadd", "install", "rm", "useradd"}
# What an earlier step of the same image made: `make production` makes the environment.
MADE = {".venv/bin/python"}
OF_PACKAGES = {"make": {"make"}, "python3": {"python3", "python"}, "postgresql-client": {"pg_dump", "psql"}}


def stages():
    """Each stage's packages and the programs its RUN steps call."""
    for word, rest in instructions():
        if word == "FROM":
            packages, called = set(), set()
            yield packages, called
        elif word == "RUN":
            for step in re.split(r"&&|;", rest):
                name, *more = step.split()
                called.add(name)
                if name == "apt-get" and more[0] == "install":
                    packages.update(one for one in more[1:] if not one.startswith("-"))


def test_what_the_image_calls_is_in_it():
    found = list(stages())
    assert len(found) == 2 and "python3-venv" in found[0][0]
    for packages, called in found:
        has = BASE.union(*(OF_PACKAGES.get(one, set()) for one in packages))
        assert called <= has | MADE, called - has
    assert {"python3", "postgresql-client"} <= found[1][0]  # the program itself, and `citydesk backup`


def test_what_makes_the_image_is_copied_into_it():
    copied = {name for word, rest in instructions() if word == "COPY" and "--from" not in rest
              for name in rest.split()[:-1]}  # fmt: skip
    makefile = Path("Makefile").read_text()
    recipe = re.search(r"^production:.*\n(\t.*\n)+", makefile, re.MULTILINE)
    assert recipe, "make production is what the image is made by"
    steps = makefile.partition("\nassets:")[2]
    named = set(re.findall(r"(?:requirements|tools)/[\w.]+", steps.partition("\n.venv/.dev")[0]))
    assert {"requirements/base.lock", "requirements/node.lock", "tools/assets.py"} <= named
    for name in (*named, "Makefile", "pyproject.toml", "src/config/cli/__main__.py"):
        assert Path(name).exists() and name.partition("/")[0] in copied | {name} & copied, name
    start = [rest for word, rest in instructions() if word == "ENTRYPOINT"]
    assert start == ['["citydesk"]']
    assert 'citydesk = "config.cli:main"' in Path("pyproject.toml").read_text().splitlines()


def test_the_image_runs_as_nobody_special_and_holds_no_secret():
    words = instructions()
    assert [rest for word, rest in words if word == "USER"] == ["990:990"]
    last = max(number for number, (word, _rest) in enumerate(words) if word == "FROM")
    assert all(":" in rest.split()[0] and "latest" not in rest for word, rest in words if word == "FROM")
    assert not [rest for word, rest in words if word in ("ENV", "ARG") and re.search(r"SECRET|PASSWORD|TOKEN", rest)]
    for _word, rest in words[last:]:
        assert "make" not in rest.split()  # what builds stays behind


def test_compose_runs_the_three_closed_and_prepares_first():
    yaml = pytest.importorskip("yaml")
    house = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    for name in ("web", "worker", "events"):
        one = house["services"][name]
        assert one["read_only"] and one["cap_drop"] == ["ALL"] and one["restart"] == "always"
        assert one["depends_on"]["prepare"]["condition"] == "service_completed_successfully"
    assert [house["services"][name]["command"][0] for name in ("prepare", "web", "worker", "events")] == [
        "migrate",
        "serve",
        "work",
        "events",
    ]
    assert not [one for one in house["services"].values() if "PASSWORD" in one.get("environment", {})]


def test_the_image_builds():
    builder = "podman"
    if not shutil.which(builder):
        pytest.skip("no builder of container images on this machine")
    base = [builder, "image", "exists", "docker.io/library/debian:12-slim"]
    if subprocess.run(base, capture_output=True, check=False).returncode:
        pytest.skip("the base image is not on this machine")
    words = [builder, "build", "-f", "deploy/Containerfile", "."]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


def test_only_what_changes_tables_is_given_the_owner():
    yaml = pytest.importorskip("yaml")
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    for name in ("web", "worker", "events"):
        assert services[name]["env_file"] == "citydesk.env"
    assert services["prepare"]["env_file"] == ["citydesk.env", "owner.env"]
