"""The frame of every page, and the language switch."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.i18n import set_language as django_set_language

from mobility.models import Role, User, holds
from mobility.permissions import is_student, reads_log, sees_people

# The main navigation: address, words, and who has it (a flag of ``site``; "" for everybody).
NAVIGATION = (
    ("call_list", _("Calls"), ""),
    ("record", _("My record"), "is_student"),
    ("coordination", _("Coordination"), "is_coordinator"),
    ("office", _("Mobility office"), "is_nmci"),
    ("office", _("Mobility office"), "is_auditor"),
    ("board", _("Homologation"), "is_board"),
    ("people", _("People"), "sees_people"),
    ("log", _("Log"), "reads_log"),
    ("open_file", _("Student's file"), "is_administrator"),
    ("retention", _("Retention"), "is_administrator"),
)


@dataclass(frozen=True)
class Entry:
    """One entry of the main navigation; ``current`` as aria-current says it: page, true, or nothing."""

    url: str
    label: Any
    current: str


def navigation(request: HttpRequest, flags: dict[str, Any]) -> list[Entry]:
    """The entries that the person has, each address once."""
    entries: dict[str, Entry] = {}
    for name, label, flag in NAVIGATION:
        if flag and not flags[flag]:
            continue
        url = reverse(name)
        inside = "true" if request.path.startswith(url) else ""
        entries.setdefault(url, Entry(url, label, "page" if request.path == url else inside))
    return list(entries.values())


def site(request: HttpRequest) -> dict[str, Any]:
    """For every template: the server's time, the languages, and which menus the person has."""
    user = getattr(request, "user", None)
    english = get_language() == "en"
    flags = {
        "is_student": user is not None and is_student.test(user),
        "is_coordinator": holds(user, Role.COORDINATOR),
        "is_nmci": holds(user, Role.NMCI),
        "is_board": holds(user, Role.BOARD),
        "is_auditor": holds(user, Role.AUDITOR),
        "sees_people": user is not None and sees_people.test(user),
        "reads_log": reads_log.test(user),
        "is_administrator": holds(user, Role.ADMINISTRATOR),
    }
    hat = user.hat if isinstance(user, User) and len(user.hats) > 1 else None
    return flags | {
        # For whoever has several roles: the one in use, and what a form says of it.
        "hat": hat,
        "shown_as": hat.key if hat else "",
        "server_time": timezone.now(),
        "page_language": "en" if english else "pt-PT",
        "other_language": ("pt", "Português") if english else ("en", "English"),
        "navigation": navigation(request, flags),
    }


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
