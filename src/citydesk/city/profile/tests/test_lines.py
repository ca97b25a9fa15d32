"""Finding the line of a key in a TOML text, whatever its form."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from citydesk.city.profile.rules.lines import nearest_line, toml_lines

TEXT = '''# a comment = "with a key"
title = "a # b = c"
text = """
[not.a.table]
key = 1
"""
a.b = 1

[team.forestry]   # header
name = {en = "Forestry", es = "Arbolado"}
list = [
  1, # one
  {x = 1, y = "]"},
  [2,
   3],
]
"quoted key" = 'it''s' # strange
[[sla.fast.targets]]
hours = 4
[[sla.fast.targets]]
hours = 8
[sla.fast.targets.more]
z = 1
'''.replace("'it''s'", "'its'")


def test_the_lines_of_every_form():
    lines = toml_lines(TEXT)
    assert lines[("title",)] == 2
    assert lines[("text",)] == 3
    assert ("not", "a", "table") not in lines
    assert lines[("a", "b")] == 7
    assert lines[("team", "forestry")] == 9
    assert lines[("team", "forestry", "name", "es")] == 10
    assert lines[("team", "forestry", "list", 1)] == 13
    assert lines[("team", "forestry", "list", 1, "y")] == 13
    assert lines[("team", "forestry", "list", 2, 1)] == 15
    assert lines[("team", "forestry", "quoted key")] == 17
    assert lines[("sla", "fast", "targets", 0, "hours")] == 19
    assert lines[("sla", "fast", "targets", 1, "hours")] == 21
    assert lines[("sla", "fast", "targets", 1, "more", "z")] == 23
    assert nearest_line(lines, ("team", "forestry", "missing")) == 9


values = st.recursive(
    st.integers()
    | st.booleans()
    | st.text(st.characters(codec="ascii", categories=["L", "N"]) | st.sampled_from("[]{}#,= ")),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=6,
)


def written(value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ",\n ".join(written(one) for one in value) + "]"
    return str(value) if isinstance(value, int) else f'"{value}"'


@given(st.dictionaries(st.from_regex(r"[a-z]{1,6}", fullmatch=True), values, max_size=6))
def test_every_top_level_key_is_found_on_the_line_it_is_written(data):
    text, expected = "", {}
    for key, value in data.items():
        expected[key] = text.count("\n") + 1
        text += f"{key} = {written(value)}\n"
    assert tomllib.loads(text) == data
    lines = toml_lines(text)
    assert {key: lines[(key,)] for key in data} == expected
