"""Taking a list out as a file as people do: asked why, then handed out."""

from typing import Any

from django.test import Client
from django.urls import reverse


def take_file(client: Client, address: str, *, why: str = "For the council's meeting") -> Any:
    """The answer with the file of a list: `address` is what its CSV or XLSX link leads to."""
    assert b'name="reason"' in client.get(address).content
    sent = client.post(reverse("kernel:take_out"), {"address": address, "reason": why})
    return client.get(sent.headers["Location"])
