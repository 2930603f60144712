"""What is answered when something can't be done, whatever the page; the log says which, without who one is."""

import sys
from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views import csrf, defaults

from mobility import limits
from mobility.disk import is_disk_full

log = structlog.get_logger("security")


def _page(request: HttpRequest) -> str:
    """The address by its name; what doesn't have one, not at all."""
    match = request.resolver_match
    return (match.url_name or "") if match else ""


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return too_large(request)
    return defaults.bad_request(request, exception)


def too_large(request: HttpRequest) -> HttpResponse:
    """What was sent is more than the portal takes; it wasn't read."""
    log.warning("body_too_large", page=_page(request))
    context = {"megabytes": settings.UPLOAD_MAX_MEGABYTES}
    return TemplateResponse(request, "413.html", context, status=413).render()


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    log.warning("permission_denied", user=request.user.pk, page=_page(request), method=request.method)
    return defaults.permission_denied(request, exception)


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    user = getattr(request, "user", None)
    log.warning("csrf_failure", user=user and user.pk, page=_page(request), reason=reason)
    return csrf.csrf_failure(request, reason)


def too_many(request: HttpRequest, *_exception: Any) -> HttpResponse:
    return limits.refuse(request)


def server_error(request: HttpRequest) -> HttpResponse:
    """Without room on a disk nothing was saved, and trying later helps: that is said."""
    error = sys.exc_info()[1]
    if error is not None and is_disk_full(error):
        return TemplateResponse(request, "507.html", status=507).render()
    return defaults.server_error(request)
