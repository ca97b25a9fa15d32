"""Guard 23: papers can be read by a program (`tests/fixtures/papers.py` reads each that a test prints), and each
template is one that the program prints."""

import io
import re

import pikepdf
import pytest

from tests.fixtures.papers import faults_of_pdf
from tests.guards.house import SOURCE, none_of

# A plain letter for the rooms that will write one; `kernel/tests/test_documents.py` prints it.
TO_COME = {"kernel/letter.typ"}
ROWS = {"title": "Open requests", "columns": [{"label": "Number"}], "rows": [["SR-26-000001-K"]]}


@pytest.fixture(scope="module")
def paper():
    from citydesk.kernel.documents import render_pdf

    return render_pdf("kernel/list.typ", ROWS, language="en")


def test_every_template_is_printed_by_the_program():
    source = "\n".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py") if "tests" not in path.parts)
    printed = set(re.findall(r"""["'](\w+/\w+\.typ)["']""", source))
    papers = {
        f"{path.parents[1].name}/{path.name}"
        for path in SOURCE.rglob("documents/*.typ")
        if path.name != "house.typ"  # the sheet that they are set on
    } - TO_COME
    none_of([f"{one} is printed nowhere" for one in sorted(papers - printed)])


def test_a_paper_of_the_house_can_be_read(paper):
    assert list(faults_of_pdf(paper)) == []


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda root: root.__delitem__("/Lang"), "names no language"),
        (lambda root: root.__delitem__("/StructTreeRoot"), "has no structure"),
        (lambda root: root.MarkInfo.__setitem__("/Marked", False), "is not tagged"),
        (lambda root: root.ViewerPreferences.__setitem__("/DisplayDocTitle", False), "does not show its title"),
    ],
)
def test_a_spoiled_paper_is_caught(paper, spoil, fault):
    with pikepdf.open(io.BytesIO(paper)) as file:
        spoil(file.Root)
        spoiled = io.BytesIO()
        file.save(spoiled)
    assert fault in list(faults_of_pdf(spoiled.getvalue()))


def test_headings_pictures_and_heads_out_of_order_are_caught(paper):
    with pikepdf.open(io.BytesIO(paper)) as file:
        for kind in ("/H3", "/Figure", "/TH"):
            part = file.make_indirect(pikepdf.Dictionary(S=pikepdf.Name(kind)))
            file.Root.StructTreeRoot.K.append(part)
        spoiled = io.BytesIO()
        file.save(spoiled)
    found = list(faults_of_pdf(spoiled.getvalue()))
    assert found[-2:] == ["has a picture without words", "has a head of a table without its scope"]
    assert any(one.startswith("goes from heading") for one in found)
