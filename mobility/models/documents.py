"""Files that the portal made or was given."""

import uuid

from django.db import models
from django.utils import timezone


def stored_at(document: "Document", filename: str) -> str:
    """A path that tells nothing: the name that people see is kept in the row."""
    return f"documents/{document.public_id.hex[:2]}/{document.public_id.hex}"


class Document(models.Model):
    """One file about one object; served by a view that asks who may see that object."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=40)
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    file = models.FileField(upload_to=stored_at)
    sha256 = models.CharField(max_length=64)
    language = models.CharField(max_length=2, blank=True)
    # Of what people give; nothing for what the portal makes.
    size = models.PositiveBigIntegerField(null=True, blank=True)
    uploaded_by = models.ForeignKey("mobility.User", models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["object_type", "object_id", "kind"])]

    def __str__(self) -> str:
        return self.name
