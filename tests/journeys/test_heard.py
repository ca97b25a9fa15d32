"""What is kept of the thirty tasks: a file each, nothing in it that moves, and a difference that says what to do."""

import re

import pytest

from tests.journeys import heard

TREE = """- main:
  - heading "Request SR-26-{n}-K" [level=1]
  - text: Due {due}, in {span}
  - link "Open page":
    - /url: /desk/customers/{n}/
  - figure "Days":
    - link "{due}"
  - list:
{rows}
  - status: live
  - heading "Standing still" [level=2]
  - list:
    - listitem: one job
  - heading "Clocks" [level=2]
"""


def test_each_of_the_thirty_tasks_has_its_file_and_no_file_is_left_over():
    source = "".join((heard.FOLDER.parent / f"test_keyboard_{one}.py").read_text() for one in ("floor", "office"))
    tasks = re.findall(r'\.task\("([^"]+)"', source)
    assert len(tasks) == 30
    assert {heard.place_of(one) for one in tasks} == set(heard.FOLDER.glob("*.txt"))


@pytest.mark.parametrize(
    ("number", "due", "span", "rows"),
    [
        ("000001", "Tue 14:05", "2 h", 3),
        ("000412", "24 Nov 09:30", "44 min", 1),
        ("000777", "3 May 2027 7:00", "2 d", 9),
    ],
)
def test_what_moves_is_told_alike(number, due, span, rows):
    tree = TREE.format(n=number, due=due, span=span, rows="\n".join(f"    - listitem: Row {n}" for n in range(rows)))
    assert heard.alike(tree) == (
        '- main\n  - heading "Request SR number" [level=1]\n  - text: Due time, span\n  - link "Open page"\n'
        '  - figure "Days"\n  - list\n    - listitem: Row #\n  - heading "Clocks" [level=2]\n'
    )


class Page:
    """A page that tells one tree."""

    def __init__(self, tree):
        self.tree = tree

    def wait_for_function(self, script):
        """It stands."""

    def locator(self, selector):
        return self

    def aria_snapshot(self):
        return self.tree


def test_another_name_fails_with_the_difference_and_the_way_to_keep_it(tmp_path, monkeypatch):
    monkeypatch.setattr(heard, "FOLDER", tmp_path)
    for name, anew in (("Send", "new"), ("Send", ""), ("Go", "")):
        monkeypatch.setenv("HEARD", anew)
        task = heard.Heard("send it")
        task.take(Page(f'- main:\n  - button "{name}"\n'), "as it begins")
        if name == "Send":
            task.compare()
        else:
            with pytest.raises(AssertionError, match=r'-  - button "Send"\n\+  - button "Go"(.|\n)*HEARD=new'):
                task.compare()


def test_a_control_without_a_name_fails():
    with pytest.raises(AssertionError, match="without a name"):
        heard.Heard("x").take(Page("- main:\n  - radiogroup:\n    - radio\n"), "as it begins")
