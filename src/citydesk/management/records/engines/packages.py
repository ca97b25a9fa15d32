"""A package of papers: one after the other with their tags, numbered, with a title and a language."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Dictionary, Name

from citydesk.management.records.engines.tags import Tags, forget_tags, words_in_tags

# Of a document from elsewhere nothing of this comes along.
_HIDDEN = ("/Metadata", "/Names", "/AcroForm", "/OpenAction", "/AA", "/Outlines")


@dataclass(frozen=True)
class Part:
    """A PDF of a package. Without `words` it is the house's own paper, with tags; else from elsewhere: what a program
    for the blind says of a page that is a picture."""

    content: bytes
    words: str = ""


def joined(parts: Sequence[Part], *, title: str, language: str) -> bytes:
    """PDFs one after the other, with tags, a title and a language, without what else they said of themselves."""
    out = pikepdf.new()
    tags = Tags(out)
    opened = [pikepdf.open(io.BytesIO(part.content)) for part in parts]
    for part, source in zip(parts, opened, strict=True):
        if part.words:
            forget_tags(source)
        before = len(out.pages)
        out.pages.extend(source.pages)
        pages = [out.pages[at] for at in range(before, len(out.pages))]
        if part.words:
            tags.describe(pages, part.words)
        else:
            tags.keep(source, pages)
    tags.finish()
    strip(out)
    _introduce(out, title, language, is_ua=tags.is_sure)
    done = saved(out)
    for source in opened:
        source.close()
    return done


def stamped(content: bytes, stamps: bytes, *, first: int = 1) -> bytes:
    """Pages from `first` on, each with the page of `stamps` of the same rank laid over it, as no part of its text."""
    with pikepdf.open(io.BytesIO(content)) as document, pikepdf.open(io.BytesIO(stamps)) as over:
        forget_tags(over)
        for page, stamp in zip(list(document.pages)[first - 1 :], over.pages, strict=True):
            page.contents_add(b"q\n", prepend=True)
            page.contents_add(b"\nQ\n/Artifact <</Type /Pagination /Subtype /Footer>> BDC\n")
            page.add_overlay(stamp, None, push_stack=False)
            page.contents_add(b"\nEMC\n")
        return saved(document)


def told_by(content: bytes) -> list[str]:
    """What the tags of a package say beside its pages."""
    with pikepdf.open(io.BytesIO(content)) as document:
        return list(words_in_tags(document))


def strip(document: Any) -> None:
    """Take away what a document says of itself, what it holds beside its pages and what it does by itself."""
    for key in _HIDDEN:
        if key in document.Root:
            del document.Root[key]
    if "/Info" in document.trailer:
        del document.trailer["/Info"]


def saved(document: Any) -> bytes:
    """The bytes of a document."""
    document.remove_unreferenced_resources()
    out = io.BytesIO()
    document.save(out, deterministic_id=True, min_version="1.7")
    return out.getvalue()


def _introduce(document: Any, title: str, language: str, *, is_ua: bool) -> None:
    """Title and language, where readers look for them. PDF/UA is claimed only for what the house made itself: whether a
    page from elsewhere keeps it, nobody knows."""
    document.Root.Lang = pikepdf.String(language)
    document.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    document.docinfo["/Title"] = title
    claim = '<pdfuaid:part xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">1</pdfuaid:part>' if is_ua else ""
    words = f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt></dc:title>{claim}'
    xmp = (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'{words}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    )
    document.Root.Metadata = document.make_stream(xmp.encode(), Type=Name.Metadata, Subtype=Name.XML)
