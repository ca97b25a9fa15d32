"""Guard 17: what imports cannot show. No `get_model`, signals or `django.http` in services and rules; names of URLs,
templates and tables point to one's own room or a lower one."""

import ast
import re

from tests.guards.house import SOURCE, at, called, calls, files, imports, may_use, none_of, plant, ranks, texts

BANNED = ("django.http", "django.dispatch", "django.db.models.signals", "django.core.signals", "django.template")
BANNED += ("django.shortcuts", "django.test.signals")
URL_CALLS = ("reverse", "reverse_lazy", "redirect", "resolve_url", "url")
URL_NAME = re.compile(r"^([a-z_0-9]+):[a-z_0-9-]+$")
TEMPLATE = re.compile(r"^([a-z_0-9]+)/[\w/.-]+\.jinja$")
IN_TEMPLATE = re.compile(r"""\burl\(\s*["']([a-z_0-9]+):|(?:extends|include|import|from)\s+["']([a-z_0-9]+)/""")
SQL = re.compile(r"\b(FROM|JOIN|INTO|UPDATE)\s+\"?([a-z_]+)", re.IGNORECASE)
STATEMENT = re.compile(r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM)\b")


def reaches_in(source):
    """get_model anywhere; signals, http, templates and addresses where decisions are made."""
    for file in files(source):
        if file.parts[0] != "citydesk" or file.room in ("", "kernel"):
            continue
        tree = file.tree()
        for node in calls(tree):
            if called(node).split(".")[-1] == "get_model":
                yield f"{at(file, node)} asks Django for a model by name"
        if file.shelf in ("services", "rules"):
            for node, name in imports(tree):
                if any(name == one or name.startswith(f"{one}.") for one in BANNED):
                    yield f"{at(file, node)} imports {name}"


def named_rooms(file):
    """(node, room, what) for each URL name, template name and SQL table in a Python file."""
    tree = file.tree()
    for node in calls(tree):
        if called(node).split(".")[-1] in URL_CALLS and node.args:
            yield from url_name(node, node.args[0])
        for word in node.keywords:
            if word.arg == "url_name":
                yield from url_name(node, word.value)
    for text in texts(tree):
        template = TEMPLATE.match(text.value)
        if template:
            yield text, template[1], text.value
        if STATEMENT.search(text.value):
            for _verb, table in SQL.findall(text.value):
                yield text, owner_of(table), f"table {table}"


def url_name(node, value):
    found = URL_NAME.match(value.value) if isinstance(value, ast.Constant) and isinstance(value.value, str) else None
    if found:
        yield node, found[1], value.value


def owner_of(table):
    """The room whose name a table begins with; empty for aliases, functions and foreign tables."""
    return max((room for room in ranks() if table.startswith(f"{room}_")), key=len, default="")


def upward_names_in(source):
    known = set(ranks())
    for file in files(source):
        if file.parts[0] != "citydesk" or not file.room:
            continue
        for node, room, what in named_rooms(file):
            if room in known and not may_use(file.room, room):
                yield f"{at(file, node)} names {what} of {room}"


def upward_templates_in(source):
    known = set(ranks())
    for path in sorted(source.rglob("*.jinja")):
        parts = path.relative_to(source).parts
        if "jinja2" not in parts or "tests" in parts:
            continue
        room = parts[parts.index("jinja2") - 1]
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            for found in IN_TEMPLATE.finditer(line):
                other = found[1] or found[2]
                if other in known and not may_use(room, other):
                    yield f"{path.relative_to(source.parent)}:{number} names {other}"


def test_services_and_rules_reach_for_nothing():
    none_of(list(reaches_in(SOURCE)))


def test_names_point_to_own_or_lower_rooms():
    none_of([*upward_names_in(SOURCE), *upward_templates_in(SOURCE)])


def test_planted_reaches_are_caught(tmp_path):
    source = plant(
        tmp_path,
        citydesk__city__staff__services="from django.http import Http404\nfrom django.db.models import signals\n",
        citydesk__city__staff__queries="apps.get_model('interactions', 'Interaction')\n",
        citydesk__city__staff__views="from django.http import Http404\n",
    )
    assert len(list(reaches_in(source))) == 3


def test_planted_names_are_caught(tmp_path):
    source = plant(
        tmp_path,
        citydesk__city__staff__views=(
            "reverse('service_requests:queue')\nrender(request, 'desk/home.jinja')\nreverse('staff:people')\n"
            "NavItem('x', url_name='desk:home')\n"
        ),
        citydesk__city__staff__queries="'SELECT 1 FROM interactions_interaction JOIN staff_user USING (id)'\n",
        citydesk__desk__views="reverse('service_requests:queue')\n",
    )
    folder = source / "citydesk/city/staff/jinja2/staff"
    folder.mkdir(parents=True)
    (folder / "list.jinja").write_text("{% extends 'kernel/desk.jinja' %}{{ url('portal:report') }}\n")
    assert len(list(upward_names_in(source))) == 4
    assert list(upward_templates_in(source)) == ["src/citydesk/city/staff/jinja2/staff/list.jinja:1 names portal"]
