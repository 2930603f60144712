"""The frame of every page, the home page, and the language switch."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.i18n import set_language as django_set_language

from mobility.models import Role, holds
from mobility.permissions import is_student


def site(request: HttpRequest) -> dict[str, Any]:
    """For every template: the server's time, and which menus the person has."""
    user = getattr(request, "user", None)
    return {
        "server_time": timezone.now(),
        "is_student": user is not None and is_student.test(user),
        "is_coordinator": holds(user, Role.COORDINATOR),
        "is_nmci": holds(user, Role.NMCI),
        "is_board": holds(user, Role.BOARD),
        "is_auditor": holds(user, Role.AUDITOR),
    }


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "home.html")


@login_not_required
def set_language(request: HttpRequest) -> HttpResponse:
    """Switch in place; a person who is signed in keeps the choice for e-mails too."""
    response = django_set_language(request)
    language = request.POST.get("language")
    user = request.user
    if user.is_authenticated and language in {"pt", "en"} and user.language != language:
        user.language = language
        user.save(update_fields=["language"])
    return response


@login_not_required
@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """For the container's health check: the process answers and the database too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
