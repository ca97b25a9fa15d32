"""Guard 28: what a room keeps sealed is declared, so that `citydesk reseal` finds it; what only passes by says why."""

import ast
from importlib import import_module

from tests.guards.house import SOURCE, at, called, calls, files, none_of, plant

# Sealed, and gone before long or in other people's hands: a changed key's fallback opens it meanwhile.
PASSING = {
    "citydesk/contact/service_requests/services/open311.py": "the token a client asks for its number by",
    "citydesk/kernel/lists/filters.py": "words in an address; where one is kept, `sealed_words_anew` finds them",
    "citydesk/kernel/lists/paging.py": "where the next page begins",
    "citydesk/kernel/lists/taking.py": "the reason of a file, for minutes",
    "citydesk/kernel/live/__init__.py": "the ticket of an open page, for minutes",
    "citydesk/kernel/programs.py": "where a program's next page begins",
    "citydesk/portal/views/drafts.py": "a draft in a resident's own session, for hours",
}
# The two that make keys of the site's; everybody else asks them.
MAKERS = ("citydesk/kernel/sealing.py", "citydesk/city/staff/adapters/factors.py")


def purpose_of(node, module):
    """What a call seals for, as the module's own names say."""
    given = next((one.value for one in node.keywords if one.arg == "purpose"), None)
    if isinstance(given, ast.Constant):
        return given.value
    return getattr(import_module(module), given.id, "") if isinstance(given, ast.Name) else ""


def faults_in(source, kept, passing=PASSING):
    seen = set()
    for file in files(source):
        path = "/".join(file.path.relative_to(source).parts)
        for node in calls(file.tree()):
            name = called(node).rpartition(".")[2]
            if name in ("Fernet", "MultiFernet") and path not in MAKERS:
                yield f"{at(file, node)} makes a key of its own"
            if called(node) != "seal" or path == MAKERS[0]:
                continue
            if path in passing:
                seen.add(path)
            elif purpose_of(node, ".".join(file.parts)) not in kept:
                yield f"{at(file, node)} seals what no SealedStore declares"
    yield from (f"{path} seals nothing any more" for path in sorted(passing.keys() - seen))


def test_what_is_kept_sealed_is_declared():
    from citydesk.kernel.registries import registries

    none_of(list(faults_in(SOURCE, {one.purpose for one in registries.sealed_stores.values()})))


def test_every_store_is_a_column_that_there_is():
    from django.apps import apps

    from citydesk.kernel.registries import load_dotted, registries

    for one in registries.sealed_stores.values():
        apps.get_model(one.model)._meta.get_field(one.column)
        assert bool(one.purpose) != bool(one.turn), one.code
        if one.turn:
            assert load_dotted(one.turn)({}) is None


def test_planted_seals_are_caught(tmp_path):
    source = plant(
        tmp_path,
        citydesk__city__staff__services=(
            'row.secret = seal("x", purpose="staff.secret")\nrow.other = seal("x", purpose="staff.known")\n'
            "box = Fernet(key)\n"
        ),
    )
    assert list(faults_in(source, {"staff.known"}, {"citydesk/gone.py": "why"})) == [
        "src/citydesk/city/staff/services.py:1 seals what no SealedStore declares",
        "src/citydesk/city/staff/services.py:3 makes a key of its own",
        "citydesk/gone.py seals nothing any more",
    ]
