"""The ranking list and the minutes of a run as PDF: made by a worker, kept as rows.

The same run in the same state gives the same bytes, so that making them again stores nothing new.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from applications.models import Entry, Run
from applications.services.documents import KIND
from mobility import pdf
from mobility.models import Document, Job, Programme
from mobility.services import jobs
from mobility.workflow import record
from scholarships import overviews

logger = logging.getLogger(__name__)

# A PDF's layout takes memory by the row: longer lists are laid out in parts and joined.
ROWS_AT_A_TIME = 400


def execute(job: Job) -> None:
    """Make the documents of a claimed job's run; a failure is stored with the job and worded by ``jobs.explain``."""
    run = Run.objects.select_related("call", "created_by", "homologation__by", "homologation__on_behalf_of").get(
        pk=job.subject_id
    )
    try:
        _make(run, job)
    except jobs.Lost:
        logger.warning("documents of %s: taken over by another worker", run)
    except jobs.Cancelled:
        jobs.give_up(job)
    except Exception as error:
        logger.exception("documents of %s failed", run)
        jobs.fail(job, jobs.failure(error))


def _make(run: Run, job: Job) -> None:
    pieces = [(kind, language) for kind in BUILDERS for language in ("pt", "en")]
    made = []
    for done, (kind, language) in enumerate(pieces):
        jobs.beat(job, "documents", 5 + 90 * done // len(pieces))
        with translation.override(language):
            made.append(_document(run, kind, language, BUILDERS[kind](run)))
    with _files_undone_with_rows(document for document, _content in made), transaction.atomic():
        jobs.finish(job)
        for document, content in made:
            _keep(run, document, content)
        record(
            run, "make_documents", clause="2.2", data={d.kind + "." + d.language: d.sha256 for d, _ in made}, by=None
        )
        if Run.objects.get(pk=run.pk).state != run.state:
            # It was homologated or published meanwhile: what was made is of yesterday.
            jobs.start(kind=KIND, subject_id=run.pk, by=job.created_by)


@contextmanager
def _files_undone_with_rows(documents: Iterable[Document]) -> Iterator[None]:
    """A transaction that is undone leaves the files that were written in it: on a full disk, of all places."""
    try:
        yield
    except BaseException:
        for document in documents:
            if document.file:
                document.file.storage.delete(str(document.file.name))
        raise


def _document(run: Run, kind: str, language: str, content: bytes) -> tuple[Document, bytes]:
    title = {"ranking": _("Ranking list"), "minutes": _("Minutes")}[kind]
    document = Document(
        kind=kind,
        object_type="applications.run",
        object_id=run.pk,
        name=f"{slugify(title)}-{run.call.code}-{run.number}-{language}.pdf",
        content_type="application/pdf",
        sha256=hashlib.sha256(content).hexdigest(),
        language=language,
    )
    return document, content


def _keep(run: Run, document: Document, content: bytes) -> None:
    """Store it in the place of the one made before; nothing when that is the same."""
    same = Document.objects.filter(
        object_type=document.object_type, object_id=run.pk, kind=document.kind, language=document.language
    )
    if same.filter(sha256=document.sha256).exists():
        return
    for earlier in same:
        earlier.delete()
        transaction.on_commit(_removal(earlier))
    document.file.save(document.name, ContentFile(content), save=False)
    document.save()


def _removal(document: Document) -> Callable[[], None]:
    name = str(document.file.name)
    return lambda: document.file.storage.delete(name)


def ranking_list(run: Run) -> bytes:
    """Programme by programme, references only (Art. 7(1))."""
    return pdf.join(_ranking_parts(run))


def _ranking_parts(run: Run) -> Iterator[bytes]:
    cover = {"run": run, "call": run.call, "totals": overviews.totals(run)}
    page = 1
    part = pdf.render("pdf/ranking_cover.html", cover, first_page=page)
    yield part
    for programme in Programme.objects.filter(pk__in=run.entries.order_by().values("programme").distinct()):
        entries = run.entries.filter(programme=programme).select_related(
            "application", "placement__institution", "award"
        )
        count = entries.count()
        for start in range(0, count, ROWS_AT_A_TIME):
            page += pdf.pages(part)
            rows = list(entries.defer("figures")[start : start + ROWS_AT_A_TIME])
            part = _part(run, programme, rows, start, count, page)
            yield part


def _part(run: Run, programme: Programme, entries: list[Entry], start: int, count: int, page: int) -> bytes:
    context = {
        "run": run,
        "call": run.call,
        "programme": programme,
        "rows": overviews.with_awards(entries),
        "start": start,
        "count": count,
    }
    return pdf.render("pdf/ranking.html", context, first_page=page)


def minutes(run: Run) -> bytes:
    """What was decided and who vouched for it, for the board (Art. 3(1)(b))."""
    shares, sequence = overviews.shares(run), overviews.sequence(run)
    context = {
        "run": run,
        "call": run.call,
        "homologation": overviews.homologation(run),
        "totals": overviews.totals(run),
        "by_clause": overviews.by_clause(run),
        "opinions_missing": overviews.opinions_never_given(run),
        "confirmations": overviews.confirmations(run),
        "placements": [row for row in overviews.placements(run) if row.filled],
        "shares": shares,
        "sums": overviews.sums(shares),
        "sequence": sequence,
        "grid": overviews.hondt_grid(shares, sequence),
        "santander": overviews.santander(run),
        "ties": overviews.ties(run),
        "programmes": run.totals.get("programmes", []),
    }
    return pdf.render("pdf/minutes.html", context)


BUILDERS: dict[str, Callable[[Run], bytes]] = {"ranking": ranking_list, "minutes": minutes}
