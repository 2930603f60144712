"""The office's import page: choose a file, look at what it would do, then import it."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mobility.forms import ImportForm
from mobility.models import LogEntry
from mobility.permissions import is_nmci
from mobility.services.imports.files import apply, preview, template
from mobility.services.imports.kinds import KINDS
from mobility.services.imports.plan import Plan
from mobility.services.imports.problems import ImportRefused

# How long a file that was looked at waits to be imported, in seconds.
KEPT = 60 * 60
SHOWN = 100


def _office_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Whoever isn't of the mobility office gets 403, whatever the method."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_nmci.test(request.user):
            raise PermissionDenied("imports")
        return view(request, *args, **kwargs)

    return guarded


@_office_only
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """The form; a POST answers with what the file would do (422 when it can't be imported)."""
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        return _looked_at(request, form.cleaned_data["kind"], upload.name, upload.read())
    recent = LogEntry.objects.filter(action="import").select_related("actor")[:10]
    context = {"form": form, "kinds": KINDS.values(), "recent": [_told(entry) for entry in recent]}
    return render(request, "mobility/imports.html", context, status=422 if form.errors else 200)


@_office_only
@require_POST
def apply_import(request: HttpRequest) -> HttpResponse:
    """Import the file that was looked at, if nothing changed since."""
    kept = cache.get(_key(request, request.POST.get("sha256", "")))
    if kept is None:
        messages.error(request, _("The file is no longer kept. Choose it again."))
        return redirect("imports")
    kind, name, content = kept
    try:
        plan = apply(
            kind=kind,
            name=name,
            content=content,
            expected=request.POST.get("digest", ""),
            by=request.user,  # type: ignore[arg-type]  # _office_only lets no visitor in
        )
    except ImportRefused as refused:
        messages.error(request, str(refused))
        return _looked_at(request, kind, name, content)
    cache.delete(_key(request, request.POST["sha256"]))
    messages.success(request, _("Imported “%(name)s”: %(counts)s.") % {"name": name, "counts": _counts(plan.counts)})
    return redirect("imports")


@_office_only
@require_safe
def import_template(request: HttpRequest, kind: str) -> HttpResponse:
    """The column names of a kind of file, with a row of examples, as CSV."""
    if kind not in KINDS:
        raise Http404(kind)
    # The byte order mark makes spreadsheets read the accents.
    return HttpResponse(
        "\ufeff" + template(KINDS[kind]),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{kind}.csv"'},
    )


def _looked_at(request: HttpRequest, kind: str, name: str, content: bytes) -> HttpResponse:
    plan = preview(kind=kind, name=name, content=content)
    sha256 = hashlib.sha256(content).hexdigest()
    if plan.changes and not plan.problems:
        cache.set(_key(request, sha256), (kind, name, content), KEPT)
    context = {
        "kind": KINDS[kind],
        "name": name,
        "plan": plan,
        "sha256": sha256,
        "problems": plan.problems[:SHOWN],
        "notices": plan.notices[:SHOWN],
        "created": plan.created[:SHOWN],
        "changed": plan.changed[:SHOWN],
        "shown": SHOWN,
    }
    return render(request, "mobility/import_preview.html", context, status=422 if plan.problems else 200)


def _key(request: HttpRequest, sha256: str) -> str:
    """Only who looked at the file can import it."""
    return f"import:{request.user.pk}:{hashlib.sha256(sha256.encode()).hexdigest()}"


def _counts(counts: dict[str, int]) -> str:
    return _("%(created)s new, %(changed)s changed, %(unchanged)s unchanged") % counts


def _told(entry: LogEntry) -> dict[str, Any]:
    """An import of the past as the page shows it."""
    kind = KINDS.get(entry.data["kind"])
    return {
        "at": entry.at,
        "actor": entry.actor,
        "kind": kind.name if kind else entry.data["kind"],
        "file": entry.data["file"],
        "counts": _counts({name: entry.data[name] for name in Plan().counts}),
    }
