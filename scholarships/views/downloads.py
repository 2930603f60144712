"""What anyone can take away from a run that they may see: the case, the decision, the engine, lists, documents."""

import zlib
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from applications.models import Run, RunFiles
from applications.services.documents import note_names_taken
from mobility import limits
from mobility.files import serve
from mobility.models import Document
from mobility.permissions import sees_operations
from mobility.spreadsheets import XLSX
from scholarships.exports import engine, spreadsheets
from scholarships.views.runs import decided_run

CHUNK = 1 << 18


def _made_anew(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Costs something for each reader: counted by person, and for visitors by address."""

    @wraps(view)
    def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        action = "export" if request.user.is_authenticated else "public_export"
        return limits.limited(action)(view)(request, *args, **kwargs)  # type: ignore[no-any-return]  # a decorator's

    return counted


@login_not_required
@require_safe
@_made_anew
def case(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The exact input of the run, byte by byte: its SHA-256 is the run's ``input_sha256``."""
    run = decided_run(request, public_id)
    return _json(RunFiles.objects.values_list("case", flat=True).get(run=run), f"{_name(run)}.case.json")


@login_not_required
@require_safe
@_made_anew
def decision(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The exact outcome of the run: its SHA-256 is what the board homologates."""
    run = decided_run(request, public_id)
    return _json(RunFiles.objects.values_list("decision", flat=True).get(run=run), f"{_name(run)}.decision.json")


def _json(compressed: bytes, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(_inflated(memoryview(compressed)), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _inflated(compressed: memoryview) -> Iterator[bytes]:
    inflate = zlib.decompressobj()
    for start in range(0, len(compressed), CHUNK):
        if part := inflate.decompress(compressed[start : start + CHUNK]):
            yield part
    if rest := inflate.flush():
        yield rest


@login_not_required
@require_safe
@_made_anew
def ranking_xlsx(request: HttpRequest, public_id: str) -> FileResponse:
    """The whole ranking as a spreadsheet; names to staff alone."""
    run = decided_run(request, public_id)
    names = sees_operations.test(request.user)
    if names:
        note_names_taken(run=run, by=request.user)
    book = spreadsheets.ranking(run, names=names)
    return FileResponse(book, as_attachment=True, filename=f"{_name(run)}.xlsx", content_type=XLSX)


def _name(run: Run) -> str:
    return f"{run.call.code}-{run.number}"


@login_not_required
@require_safe
@cache_control(max_age=3600, public=True)
def engine_zip(request: HttpRequest) -> HttpResponse:
    """The program that decides, as one file that Python runs as it is."""
    response = HttpResponse(engine.archive(), content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="mobility-regulation.zip"'
    return response


@login_not_required
@require_safe
def document(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """A list or the minutes, for whoever may see the run that it is about; 404 otherwise."""
    found = get_object_or_404(Document, public_id=public_id, object_type="applications.run")
    if not Run.objects.visible_to(request.user).filter(pk=found.object_id).exists():
        raise Http404
    return serve(request, found)
