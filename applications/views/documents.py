"""A student's own documents: add, list, download, remove; and their download by those who may see them."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from applications.forms.documents import DocumentForm
from applications.services import student_documents
from applications.views.requests import PersonRequest
from mobility.files import serve
from mobility.limits import limited
from mobility.models import Document
from mobility.permissions import is_student
from mobility.services.uploads import UploadRefused
from mobility.workflow import TransitionRefused


@require_http_methods(["GET", "HEAD", "POST"])
@limited("upload", "POST")
def documents(request: PersonRequest) -> HttpResponse:
    """The list and the form; a file that isn't taken is answered with why, and what to do."""
    if not is_student(request.user):
        raise PermissionDenied("documents")
    form = DocumentForm(request.POST, request.FILES) if request.method == "POST" else DocumentForm()
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                added = student_documents.add(**form.cleaned_data, by=request.user)
            except UploadRefused as refused:
                form.add_error("file", str(refused))
                status = 503 if refused.later else 422
            else:
                messages.success(request, _("“%(name)s” is now in your documents.") % {"name": added.name})
                return redirect("documents")
    rows = student_documents.listed(request.user.student, request.user)
    return render(request, "applications/documents.html", {"form": form, "rows": rows}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def remove_document(request: PersonRequest, public_id: str) -> HttpResponse:
    """Asks once; then the document and its file are gone."""
    document = _own(request, public_id)
    if request.method == "POST":
        try:
            student_documents.remove(document=document, by=request.user)
        except TransitionRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("“%(name)s” is removed.") % {"name": document.name})
        return redirect("documents")
    kept = student_documents.is_kept(document, student_documents.kept_until(request.user.student))
    return render(request, "applications/remove_document.html", {"document": document, "kept": kept})


def _own(request: PersonRequest, public_id: str) -> Document:
    """To others it isn't there; who may see it and isn't its student may not."""
    document = get_object_or_404(student_documents.visible_to(request.user), public_id=public_id)
    if not is_student(request.user) or document.object_id != request.user.student.pk:
        raise PermissionDenied("remove_document")
    return document


@require_safe
def student_document(request: PersonRequest, public_id: str) -> HttpResponseBase:
    """The file, for whoever may see it; 404 otherwise."""
    document = get_object_or_404(student_documents.visible_to(request.user), public_id=public_id)
    student_documents.note_reading(document=document, by=request.user)
    return serve(request, document)
