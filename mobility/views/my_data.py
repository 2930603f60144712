"""A person's data as one file: asked for, waited for, downloaded."""

from allauth.account.decorators import reauthentication_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from mobility.models import DataExport, Job, User
from mobility.personal import exports
from mobility.privacy.retention import KINDS, limit
from mobility.services.jobs import explain


@require_http_methods(["GET", "HEAD", "POST"])
def my_data(request: HttpRequest) -> HttpResponse:
    """Ask for the file, see that it is being made, and find it."""
    user = request.user
    if request.method == "POST":
        exports.ask(user=user, by=user)
        return redirect("my_data")
    job = exports.job_of(user)
    export = _ready(user)
    context = {
        "waiting": job is not None and job.state in exports.WAITING,
        "failed": explain(job) if job and job.state == Job.State.FAILED else "",
        "export": export,
        "kept_until": KINDS["export"].period.after(export.made_at) if export else None,
    }
    return render(request, "privacy/my_data.html", context)


@require_safe
@reauthentication_required
def download_my_data(request: HttpRequest) -> FileResponse:
    """The person's own file, once they have confirmed that it is them."""
    export = _ready(request.user)
    if export is None:
        raise Http404
    name = f"mobility-data-{timezone.localdate(export.made_at):%Y-%m-%d}.zip"
    return FileResponse(export.file.open("rb"), as_attachment=True, filename=name, content_type="application/zip")


def _ready(user: User) -> DataExport | None:
    """Made, and not yet past its period: the daily task may be late."""
    return DataExport.objects.filter(user=user, made_at__gte=limit("export", timezone.now())).first()
