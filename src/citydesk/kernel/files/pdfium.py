"""The library that draws and reads PDF pages, one user at a time.

PDFium keeps state of its own and must not be called by two threads at once, not even about different documents: what
it does then is undefined. A browser asks for the pictures of all pages of a record together, and a web process answers
several at a time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

_one_at_a_time = Lock()


@contextmanager
def opened_pdf(content: bytes) -> Iterator[Any]:
    """A PDF to be drawn or read, closed with all its parts at the end. Keep nothing of it, and open no other inside.

    The library comes with its first use: most processes never draw a page.
    """
    with _one_at_a_time:
        import pypdfium2

        document = pypdfium2.PdfDocument(content)
        try:
            yield document
        finally:
            document.close()
