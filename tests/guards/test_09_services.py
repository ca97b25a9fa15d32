"""Guard 9: a service is called by keywords, is typed, and says what it does.

In a package of services those are what its `__init__` offers; the rest is how they are built.
"""

import ast

from tests.guards.house import SOURCE, at, none_of, plant, shelf_files


def faults_of(function):
    given = function.args
    if given.args or given.posonlyargs or given.vararg:
        yield "takes arguments by position"
    untyped = [one.arg for one in [*given.args, *given.kwonlyargs] if one.annotation is None]
    if untyped:
        yield f"does not type {', '.join(untyped)}"
    if function.returns is None:
        yield "does not type what it returns"
    if not ast.get_docstring(function):
        yield "has no docstring"


def offered_by(file):
    """The names a package of services offers in its __init__; None for a single file, which offers all it has."""
    if file.parts[-1] == "services":
        return None
    door = file.path.parent / "__init__.py"
    if not door.exists():
        return None
    names = {
        alias.asname or alias.name
        for node in ast.walk(ast.parse(door.read_text()))
        for alias in getattr(node, "names", [])
    }
    return names or None


def faults_in(source):
    for file in shelf_files(source, "services"):
        offered = offered_by(file)
        for node in file.tree().body:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.name.startswith("_"):
                continue
            if offered is None or node.name in offered:
                yield from (f"{at(file, node)} {node.name} {fault}" for fault in faults_of(node))


def test_services_are_keyword_only_typed_and_documented():
    none_of(list(faults_in(SOURCE)))


def test_planted_services_are_caught(tmp_path):
    source = plant(
        tmp_path,
        citydesk__city__staff__services=(
            'def good(*, now: int) -> None:\n    """Does it."""\n\n'
            "def bad(a, *, now):\n    pass\n\ndef _own(a):\n    pass\n"
        ),
        citydesk__city__places__services__streets=(
            "def offered(a: int) -> None:\n    'Does it.'\n\ndef inner(a):\n    pass\n"
        ),
    )
    (source / "citydesk/city/places/services/__init__.py").write_text("from .streets import offered\n")
    assert [fault.split(" ", 2)[2] for fault in faults_in(source)] == [
        "takes arguments by position",
        "takes arguments by position",
        "does not type a, now",
        "does not type what it returns",
        "has no docstring",
    ]
