"""The payloads of all events, for guard 10; run as a module, it writes the snapshot."""

import json
from dataclasses import fields, is_dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

SNAPSHOT = Path(__file__).with_name("events.json")


def payload_of(event):
    """Field names of an event with their types as written."""
    return {
        one.name: one.type if isinstance(one.type, str) else getattr(one.type, "__name__", str(one.type))
        for one in fields(event)
    }


def payloads():
    """Every event of every room: {"service_requests.RequestClosed": {"request_id": "int", ...}}."""
    from django.conf import settings

    found = {}
    for room in settings.ROOMS:
        if not find_spec(f"{room}.events"):
            continue
        for value in vars(import_module(f"{room}.events")).values():
            name = getattr(value, "name", None)
            if (
                isinstance(value, type)
                and is_dataclass(value)
                and isinstance(name, str)
                and value.__module__.startswith(room)
            ):
                found[name] = payload_of(value)
    return dict(sorted(found.items()))


def differences(known, found):
    """One sentence for each event that is new, gone or changed."""
    said = [f"{name} is not in the snapshot" for name in found if name not in known]
    said += [f"{name} is in the snapshot alone" for name in known if name not in found]
    changed = (name for name in found if name in known and found[name] != known[name])
    return said + [f"{name} carries {found[name]}, the snapshot says {known[name]}" for name in changed]


if __name__ == "__main__":
    import os
    import sys

    sys.path[:0] = ["src"]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    import django

    django.setup()
    SNAPSHOT.write_text(json.dumps(payloads(), indent=2) + "\n")
    print(f"{SNAPSHOT.name}: {len(payloads())} events")
