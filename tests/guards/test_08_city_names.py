"""Guard 8: no city's name outside profiles, docs and tests: a city is data."""

import re
import tomllib

from tests.guards.house import ROOT, SOURCE, none_of, plant

KINDS = (".py", ".jinja", ".html", ".js", ".css", ".typ", ".sql", ".toml", ".po")


def city_names(profiles):
    """Names and codes of all shipped cities, as their city.toml says (and the folders are called)."""
    names = set()
    for folder in sorted(path for path in profiles.glob("*/") if path.is_dir()):
        names.add(folder.name.replace("_", " "))
        file = folder / "city.toml"
        if file.exists():
            values = tomllib.loads(file.read_text())
            city = values.get("city", values)
            names |= {str(city[key]) for key in ("name", "code", "short_name") if city.get(key)}
    return {name for name in names if len(name) > 3}


def faults_in(source, names):
    if not names:
        return
    pattern = re.compile(r"(?<![a-z])(" + "|".join(re.escape(name) for name in sorted(names)) + r")(?![a-z])", re.I)
    for path in sorted(source.rglob("*")):
        if path.suffix not in KINDS or {"tests", "vendor", "__pycache__"} & set(path.parts):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            found = pattern.search(line)
            if found:
                yield f"{path.relative_to(source.parent)}:{number} names {found[0]}"


def test_no_city_is_named_in_the_program():
    none_of(list(faults_in(SOURCE, city_names(ROOT / "profiles"))))


def test_a_planted_name_is_caught(tmp_path):
    (tmp_path / "profiles/springfield").mkdir(parents=True)
    (tmp_path / "profiles/springfield/city.toml").write_text('name = "City of Springfield"\ncode = "springfield"\n')
    source = plant(tmp_path, citydesk__city__staff__rules="if city == 'springfield':\n    pass\n")
    (source / "citydesk/city/staff/tests").mkdir()
    (source / "citydesk/city/staff/tests/test_x.py").write_text("'springfield'")
    assert list(faults_in(source, city_names(tmp_path / "profiles"))) == [
        "src/citydesk/city/staff/rules.py:1 names springfield"
    ]
