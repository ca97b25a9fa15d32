"""Migrating without making every model's class anew after every step.

Beside the state of a migration Django keeps classes of its models, and after each operation makes anew those of all
models that are related: in a house where nearly every table names a user, all of them. That was nine tenths of the time
of a fresh installation. Two kinds of operation need less, and they are nearly all there are:

- A table that was not there before adds one class; what it points to stays as it is and learns of it.
- An index, a constraint or a trigger changes no field: the class only carries its options.

Everything else takes Django's own way. The drill `tests/drills/test_migrating.py` compares both ways' databases.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.migrations.state import ModelState, ProjectState

# Options of a model that its class carries along and that shape neither its fields nor its relations.
CARRIED = frozenset({"indexes", "constraints", "triggers"})
_plain_render, _plain_reload = ModelState.render, ProjectState.reload_model


@contextmanager
def quick_states() -> Iterator[None]:
    """Within it, states of migrations make anew only the classes that an operation changes."""
    plain = [(owner, name, getattr(owner, name)) for owner, name, _ours in _OURS]
    try:
        for owner, name, ours in _OURS:
            setattr(owner, name, ours)
        yield
    finally:
        for owner, name, djangos in plain:
            setattr(owner, name, djangos)


def _render(state: Any, apps: Any) -> Any:
    """Django's own, which notes what the class was made from."""
    made = _plain_render(state, apps)
    made._made_from = _shape(state)
    return made


def _shape(state: Any) -> tuple[Any, ...]:
    """What decides how a model's class looks; fields are never changed in place, only replaced."""
    options = {name: value for name, value in state.options.items() if name not in CARRIED}
    return dict(state.fields), options, state.bases, list(state.managers)


def _reload(project: Any, app_label: str, model_name: str, delay: bool = False) -> None:
    if "apps" not in project.__dict__:  # no classes yet: nothing to make anew
        return
    state = project.models[app_label, model_name.lower()]
    made = project.apps.all_models[app_label].get(model_name.lower())
    if made is None:
        project.apps.render_multiple([state])
    elif getattr(made, "_made_from", None) == _shape(state):
        for name in CARRIED & state.options.keys():
            setattr(made._meta, name, list(state.options[name]))
            made._meta.original_attrs[name] = state.options[name]
    else:
        _plain_reload(project, app_label, model_name, delay)


_OURS: tuple[tuple[type, str, Any], ...] = (
    (ModelState, "render", _render),
    (ProjectState, "reload_model", _reload),
)
