"""Import a file: look first (``preview``), then write all of it or nothing (``apply``)."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from mobility.log import take_turn
from mobility.models import Document, User
from mobility.services.imports.columns import table
from mobility.services.imports.kinds import KINDS, FileKind
from mobility.services.imports.plan import Plan
from mobility.services.imports.problems import ImportRefused, Problem
from mobility.services.imports.reading import read
from mobility.spreadsheets import csv_text
from mobility.workflow import record

SHIPPED = Path(settings.BASE_DIR) / "mobility" / "data"


def preview(*, kind: str, name: str, content: bytes) -> Plan:
    """What importing the file would do; writes nothing. A file that can't be read is a plan of problems."""
    asked = KINDS[kind]
    try:
        return asked.plan(table(read(name, content), asked.columns, asked.ignored))
    except ImportRefused as refused:
        return Plan(problems=refused.problems)


@transaction.atomic
def apply(*, kind: str, name: str, content: bytes, expected: str = "", by: User | None) -> Plan:
    """Import the file: every row or none. Raises ImportRefused with what is wrong.

    ``expected`` is the digest of the plan that a person looked at: if the data changed since, it is refused.
    A file that changes nothing leaves nothing behind; otherwise the file itself is kept, with a log row.
    """
    plan = preview(kind=kind, name=name, content=content)
    if plan.problems:
        raise ImportRefused(*plan.problems)
    if expected and expected != plan.digest:
        raise ImportRefused(Problem(_("The data changed since you looked. Look at the file again.")))
    if not plan.changes:
        return plan
    take_turn()
    for step in plan.steps:
        step()
    record(_kept(kind, name, content), "import", data={"kind": kind, "file": name, **plan.counts}, by=by)
    return plan


def apply_shipped(*, kinds: list[str] | None = None, by: User | None) -> dict[str, Plan]:
    """Import the files that come with the portal, in the order in which they build on each other."""
    wanted = [kind for kind in KINDS.values() if kind.shipped and (kinds is None or kind.code in kinds)]
    return {
        kind.code: apply(kind=kind.code, name=kind.shipped, content=(SHIPPED / kind.shipped).read_bytes(), by=by)
        for kind in wanted
    }


def template(kind: FileKind) -> str:
    """An empty file of a kind as CSV: the column names and a row of examples."""
    return csv_text(
        [[column.name for column in kind.columns], [column.example for column in kind.columns]],
    )


def _kept(kind: str, name: str, content: bytes) -> Document:
    document = Document(
        kind="import",
        object_type="mobility.import",
        object_id=0,
        name=name[:200],
        content_type="application/octet-stream",
        sha256=hashlib.sha256(content).hexdigest(),
    )
    document.file.save(name, ContentFile(content), save=False)
    document.save()
    return document
