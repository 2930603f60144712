"""The privacy notice: read by anybody, and taken note of by those who sign in."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from mobility.privacy.notices import BY_VERSION, CURRENT, NOTICES
from mobility.privacy.retention import KINDS
from mobility.services.privacy import has_taken_note
from mobility.services.privacy import take_note as keep_that_it_was_read


@login_not_required
@require_safe
def privacy_notice(request: HttpRequest, version: str = CURRENT.version) -> HttpResponse:
    """The notice in force, or an earlier version; its table is always that of today's rules."""
    notice = BY_VERSION.get(version)
    if notice is None:
        raise Http404(version)
    context: dict[str, Any] = {
        "notice": notice,
        "text": notice.text(get_language()),
        "newer": None if notice is CURRENT else CURRENT,
        "versions": NOTICES,
        "kinds": KINDS.values(),
        "contact": settings.DATA_PROTECTION_CONTACT,
    }
    return render(request, "privacy/notice.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def take_note(request: HttpRequest) -> HttpResponse:
    """What is new in short, and one button; then on to the page that was asked for."""
    onward = _onward(request)
    if request.method == "POST":
        try:
            keep_that_it_was_read(
                user=request.user,
                version=request.POST.get("version", ""),
                language=(get_language() or "pt")[:2],
                by=request.user,
            )
        except ValueError:
            # A newer version came out while the page was open: that one is shown now.
            return redirect("take_note")
        return redirect(onward)
    earlier = request.user.notices.exclude(version=CURRENT.version).first()
    context = {"notice": CURRENT, "earlier": earlier, "onward": onward, "known": has_taken_note(request.user)}
    return render(request, "privacy/take_note.html", context)


def _onward(request: HttpRequest) -> str:
    """The page that was asked for, if it is the portal's own; else the first page."""
    asked = request.POST.get("next") or request.GET.get("next", "")
    own = url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return asked if own else reverse("home")
