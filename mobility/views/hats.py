"""Which of one's roles to use: the page on which whoever has several chooses."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from applications.views.requests import PersonRequest
from mobility import hats


@require_http_methods(["GET", "HEAD", "POST"])
def choose_hat(request: PersonRequest) -> HttpResponse:
    """One's roles of today, the one used last first; choosing leads on to where one was going."""
    if request.method == "POST":
        if hats.put_on(request, request.user, request.POST.get("put_on", "")):
            return redirect(_onward(request, request.POST.get("next", "")))
        messages.error(request, _("You don't have this role today. Choose one of those that are listed."))
        return redirect("choose_hat")
    last = request.user.last_hat
    offered = sorted(request.user.hats, key=lambda hat: hat.key != last)
    context = {"offered": offered, "last": last, "next": _onward(request, request.GET.get("next", ""))}
    return render(request, "mobility/choose_hat.html", context)


def _onward(request: PersonRequest, address: str) -> str:
    """An address of this portal; the first page otherwise."""
    safe = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if safe else "/"
