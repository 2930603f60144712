"""How a kept file leaves: as an attachment that no page can run, or with a sentence when it is gone."""

import structlog
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import render

from mobility.models import Document

log = structlog.get_logger("security")


def serve(request: HttpRequest, document: Document) -> HttpResponseBase:
    """The file of a document; whoever calls has asked whether the person may have it."""
    try:
        file = document.file.open("rb")
    except OSError as error:
        log.error("file_missing", document=str(document.public_id), error=type(error).__name__)
        return render(request, "mobility/file_missing.html", {"name": document.name}, status=503)
    response = FileResponse(file, as_attachment=True, filename=document.name, content_type=document.content_type)
    # Should a browser show it all the same, nothing in it runs and nothing is fetched.
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    return response
