"""Packages of papers: whoever reads by a program reads them too, and nothing comes along that nobody sees."""

import io

import pikepdf
from pypdf import PdfReader

from citydesk.kernel.documents import render_pdf
from citydesk.management.records import engines
from citydesk.management.records.tests.factories import paper, picture
from citydesk.management.records.tests.test_productions import SSN, WORD, everything_in
from tests.fixtures.papers import faults_of_pdf


def test_a_package_keeps_the_tags_of_the_house_and_gives_some_to_the_rest():
    table = {"title": "List", "columns": [{"label": "Number"}], "rows": [["SR-1"]]}
    listed = render_pdf("kernel/list.typ", table, language="es")
    own = [engines.Part(listed), engines.Part(listed)]
    shown = engines.Part(engines.picture_as_pdf(picture(), []), "A picture of SR-1")
    made = engines.joined([*own, shown], title="R & 1", language="es")
    stamps = render_pdf("records/stamps.typ", {"title": "R", "labels": ["R-1", "R-2"]}, language="es")
    made = engines.stamped(made, stamps, first=2)
    assert sorted(set(faults_of_pdf(made))) == []
    assert engines.told_by(made).count("A picture of SR-1") == 1
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(made)).pages]
    assert "R-1" in pages[1] and "R-2" in pages[2] and "SR-1" in pages[0]
    with pikepdf.open(io.BytesIO(made)) as file:
        tree = file.Root.StructTreeRoot
        owners = pikepdf.NumberTree(tree.ParentTree)
        for page in file.pages:
            for element in owners[int(page.obj.StructParents)]:
                assert element.get("/Pg", page.obj).objgen == page.obj.objgen
        # Two papers with a table each: their heads have names of their own.
        names = [bytes(one) for one in list(tree.IDTree.Kids[0].Names)[::2]]
        assert len(names) == len(set(names)) == 2
        assert str(file.Root.Lang) == "es" and str(file.docinfo.Title) == "R & 1"


def test_tags_of_a_paper_from_elsewhere_do_not_come_along():
    with pikepdf.open(io.BytesIO(paper("Seen"))) as file:
        page = file.pages[0]
        page.contents_add(f"/Span <</ActualText ({SSN})>> BDC EMC /Span /Told BDC EMC".encode())
        page.obj.Resources.Properties = pikepdf.Dictionary(Told=pikepdf.Dictionary(ActualText=pikepdf.String(WORD)))
        file.Root.StructTreeRoot.K.Alt = pikepdf.String(SSN)
        out = io.BytesIO()
        file.save(out)
    theirs = engines.Part(engines.redact_pdf(out.getvalue(), {}), "A page of a file of SR-1, as a picture")
    made = engines.joined([engines.Part(paper("Ours")), theirs], title="R", language="en")
    assert sorted(set(faults_of_pdf(made))) == ["does not say that it is PDF/UA"]
    for gone in (SSN, WORD):
        assert gone.encode() not in everything_in(made), gone
    assert "Seen" in "".join(engines.text_of(made))


def test_a_layer_that_nobody_sees_is_not_handed_over():
    with pikepdf.open(io.BytesIO(paper("Seen"))) as file:
        page = file.pages[0]
        layer = file.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name=pikepdf.String("Hidden")))
        page.obj.Resources.Properties = pikepdf.Dictionary(L1=layer)
        face = next(iter(page.obj.Resources.Font.keys()))
        page.contents_add(f"/OC /L1 BDC BT {face} 12 Tf ({SSN}) Tj ET EMC".encode())
        off = pikepdf.Dictionary(BaseState=pikepdf.Name.ON, OFF=pikepdf.Array([layer]))
        file.Root.OCProperties = pikepdf.Dictionary(OCGs=pikepdf.Array([layer]), D=off)
        out = io.BytesIO()
        file.save(out)
    made = engines.redact_pdf(out.getvalue(), {})
    assert SSN.encode() not in everything_in(made) and "".join(engines.text_of(made)).strip() == ""
