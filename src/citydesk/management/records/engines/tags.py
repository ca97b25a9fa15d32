"""The tags of a package: what the house printed keeps its own, a page from elsewhere gets one for all that it shows.

A program for the blind reads a PDF by its tree of tags. Copying pages leaves the tree behind, so it is put together
here: one document with a part for each paper. Tags of papers from elsewhere are never taken over: they may say in words
what nobody sees on the page.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

_LAYERS = ("/OCG", "/OCMD")


class Tags:
    """The tree of a document that is put together from others. `is_sure`: every page is the house's or a picture."""

    def __init__(self, document: pikepdf.Pdf) -> None:
        self.document = document
        self.is_sure = True
        self._root: Any = document.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        self._whole: Any = self._element("/Document", self._root)
        self._owners: list[tuple[int, Any]] = []
        self._named: list[tuple[bytes, Any]] = []
        self._roles: dict[str, Any] = {}
        self._next = 0

    def keep(self, source: pikepdf.Pdf, pages: Sequence[pikepdf.Page]) -> None:
        """Take over the tags of a paper whose pages were copied just now."""
        tree: Any = self.document.copy_foreign(source.Root.StructTreeRoot)
        owners = dict(pikepdf.NumberTree(tree.ParentTree).items())
        self._owners += [(self._next + int(key), owner) for key, owner in owners.items()]
        for thing in _things_of(pages):
            for key in ("/StructParents", "/StructParent"):
                if key in thing:
                    thing[key] = self._next + int(thing[key])
        for top in _listed(tree.get("/K")):
            top.P = self._whole
            if str(top.S) == "/Document":
                top.S = Name.Part
            self._whole.K.append(top)
        self._name_anew(tree)
        for name, role in tree.get("/RoleMap", Dictionary()).items():
            self._roles.setdefault(name, role)
        self._next += max([int(tree.get("/ParentTreeNextKey", 0)), *(int(key) + 1 for key in owners)])

    def describe(self, pages: Sequence[pikepdf.Page], words: str) -> None:
        """Tag pages from elsewhere: a page with letters as one text, a picture by `words`."""
        part = self._element("/Part", self._whole)
        for number, page in enumerate(pages, 1):
            has_letters = "/Font" in page.obj.get("/Resources", Dictionary())
            self.is_sure = self.is_sure and not has_letters
            shown = self._element("/P" if has_letters else "/Figure", part)
            shown.Pg, shown.K = page.obj, 0
            if not has_letters:
                shown.Alt = pikepdf.String(words if len(pages) == 1 else f"{words}, {number}")
                shown.A = Dictionary(O=Name.Layout, BBox=Array(list(page.mediabox)))
            _mark_whole(self.document, page, str(shown.S))
            page.obj.StructParents, page.obj.Tabs = self._next, Name.S
            self._owners.append((self._next, Array([shown])))
            self._next += 1

    def finish(self) -> None:
        """Hang the tree into the document."""
        numbers: list[Any] = [part for pair in sorted(self._owners, key=lambda one: one[0]) for part in pair]
        self._root.K = self._whole
        self._root.ParentTree = self.document.make_indirect(Dictionary(Nums=Array(numbers)))
        self._root.ParentTreeNextKey = self._next
        if self._roles:
            self._root.RoleMap = Dictionary(self._roles)
        if self._named:
            named = sorted(self._named, key=lambda one: one[0])
            names = Array([part for name, element in named for part in (pikepdf.String(name), element)])
            limits = Array([pikepdf.String(named[0][0]), pikepdf.String(named[-1][0])])
            kid = self.document.make_indirect(Dictionary(Limits=limits, Names=names))
            self._root.IDTree = Dictionary(Kids=Array([kid]))
        self.document.Root.StructTreeRoot = self._root
        self.document.Root.MarkInfo = Dictionary(Marked=True)

    def _element(self, kind: str, parent: Any) -> Any:
        made = self.document.make_indirect(Dictionary(Type=Name.StructElem, S=Name(kind), P=parent, K=Array()))
        if parent is not self._root:
            parent.K.append(made)
        return made

    def _name_anew(self, tree: Any) -> None:
        """Two tables of two papers may name their heads alike: the names get the paper's rank."""
        prefix = b"%d." % self._next
        for element in elements_of(tree):
            if "/ID" in element:
                element.ID = pikepdf.String(prefix + bytes(element.ID))
                self._named.append((bytes(element.ID), element))
            for attributes in _listed(element.get("/A")):
                if isinstance(attributes, Dictionary) and "/Headers" in attributes:
                    heads = [pikepdf.String(prefix + bytes(one)) for one in _listed(attributes.Headers)]
                    attributes.Headers = Array(heads)


def elements_of(node: Any) -> Iterator[Any]:
    """The elements below a node of a tree of tags, in order."""
    for one in _listed(node.get("/K")):
        if isinstance(one, Dictionary) and "/S" in one:
            yield one
            yield from elements_of(one)


def words_in_tags(document: pikepdf.Pdf) -> Iterator[str]:
    """What the tags say beside the pages: words for pictures, titles, expansions."""
    for element in elements_of(document.Root.get("/StructTreeRoot", Dictionary())):
        for key in ("/Alt", "/ActualText", "/T", "/E"):
            if key in element:
                yield str(element[key])


def forget_tags(document: pikepdf.Pdf) -> None:
    """Take the ties to a tree that is left behind from everything in a document."""
    for thing in document.objects:
        if isinstance(thing, Dictionary | pikepdf.Stream):
            for key in ("/StructParents", "/StructParent"):
                if key in thing:
                    del thing[key]


def _mark_whole(document: pikepdf.Pdf, page: pikepdf.Page, kind: str) -> None:
    """Let one mark hold all that a page shows, instead of its own; those that switch layers stay."""
    begin, end = f"{kind} <</MCID 0>> BDC\n".encode(), b"\nEMC\n"
    try:
        instructions, left_open = _without_marks(pikepdf.parse_content_stream(page))
    except pikepdf.PdfError:  # it is shown as far as it can be read
        page.contents_add(begin, prepend=True)
        page.contents_add(end)
        return
    body = pikepdf.unparse_content_stream(instructions)
    page.obj.Contents = document.make_stream(begin + body + b"\nEMC" * left_open + end)
    properties = page.obj.get("/Resources", Dictionary()).get("/Properties", Dictionary())
    for name in list(properties.keys()):
        if str(properties[name].get("/Type", "")) not in _LAYERS:
            del properties[name]


def _without_marks(instructions: Iterable[Any]) -> tuple[list[Any], int]:
    """The drawing of a page without its marks, and how many marks of layers were not ended."""
    kept: list[Any] = []
    stays: list[bool] = []
    for one in instructions:
        operator = str(one.operator)
        if operator in ("BMC", "BDC"):
            stays.append(operator == "BDC" and len(one.operands) > 0 and one.operands[0] == Name.OC)
            if not stays[-1]:
                continue
        elif operator in ("MP", "DP") or (operator == "EMC" and not (stays and stays.pop())):
            continue
        kept.append(one)
    return kept, sum(stays)


def _things_of(pages: Sequence[pikepdf.Page]) -> Iterator[Any]:
    """Pages, their notes, and what they draw as a whole, each once: whatever is tied to a tree of tags."""
    seen: set[tuple[int, int]] = set()
    waiting: list[Any] = []
    for page in pages:
        waiting += [page.obj, *page.obj.get("/Annots", ())]
    while waiting:
        thing = waiting.pop()
        if thing.is_indirect and thing.objgen in seen:
            continue
        seen.add(thing.objgen)
        yield thing
        waiting += list(thing.get("/Resources", Dictionary()).get("/XObject", Dictionary()).values())


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, Array) else [value]
