import uuid

from django.db import models


class ConfidentialIdentity(models.Model):
    """Who a confidential reporter is, apart from all customers.

    Nothing searches this table, nothing lists it, and no customer row points to it: whoever holds the handle may ask
    for it with a right and a reason, and the reading is logged. The database lets a process that is not the table's
    owner see rows only inside a transaction that says it opens an identity (row-level security).
    """

    handle = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=160, blank=True)
    phone = models.CharField(max_length=24, blank=True)
    email = models.CharField(max_length=240, blank=True)
    address = models.CharField(max_length=240, blank=True)
    language = models.CharField(max_length=20, default="en")
    may_contact = models.BooleanField(default=False)
    # The caller's own word, hashed: who knows it hears the public status, without anybody opening the identity.
    code_word = models.CharField(max_length=160, blank=True)
    created_at = models.DateTimeField()

    data_classes = {"*": "confidential", "id": "internal", "handle": "internal", "created_at": "internal"}
