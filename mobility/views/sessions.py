"""Devices and sessions: where one is signed in, and signing out elsewhere."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from mobility.services import sessions


@require_http_methods(["GET", "HEAD", "POST"])
def devices(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        _end(request)
        return redirect("usersessions_list")
    listed = sessions.devices(request.user, this=request.session.session_key)
    return render(request, "usersessions/usersession_list.html", {"devices": listed})


def _end(request: HttpRequest) -> None:
    """One session by its number, or all but this one."""
    who, this, chosen = request.user, request.session.session_key, request.POST.get("session", "")
    if chosen.isdecimal() and len(chosen) < 19:
        ended = sessions.end_session(user=who, id=int(chosen), except_key=this, by=who)
    elif chosen == "others":
        ended = sessions.end_sessions(user=who, except_key=this, by=who)
    else:
        ended = 0
    if ended:
        words = ngettext("Signed out on one device.", "Signed out on %(count)d devices.", ended) % {"count": ended}
        messages.success(request, words)
    else:
        messages.info(request, _("That session had ended already; you are still signed in here."))
