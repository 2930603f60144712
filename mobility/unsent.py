"""What somebody sends when their session has ended is kept until they are back.

A form that arrives without a session can't be acted on, and isn't: but what was typed waits, on the server, in the
visitor's session, for an hour. After signing in as the same person the form comes back filled in, to be sent again by
hand. Whose form it was is in a signed cookie that says who was last signed in on this browser; others get nothing.
"""

import time
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from mobility.refill import refill

KEY = "unsent"
COOKIE, SALT = "last_person", "mobility.unsent"
KEPT_SECONDS = 60 * 60
# More than any form of the portal holds.
LONGEST = 200_000
# The portal's own fields, and what is never kept.
OURS = {"csrfmiddlewaretoken", "shown_as", "put_on"}
SECRET = ("password", "credential")
# Where what is typed are passwords and codes.
NEVER = ("account",)
# Where somebody is led before the page that they asked for.
STEPS = ("mfa_index", "take_note", "choose_hat", settings.LOGIN_URL)


def remember(request: HttpRequest, response: HttpResponseBase) -> None:
    """Note on the browser who is signed in."""
    who = str(request.user.pk)
    if request.get_signed_cookie(COOKIE, "", salt=SALT) != who:
        response.set_signed_cookie(
            COOKIE,
            who,
            salt=SALT,
            max_age=settings.SESSION_COOKIE_AGE,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


def to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Keep what was sent, as far as it can be, and ask for the sign-in; a part of a page takes the whole one along."""
    page = _page(request)
    if request.method == "POST" and _keep(request, page):
        messages.warning(
            request,
            _("Your session had ended, so nothing was sent yet. Sign in, and what you typed is back to be sent again."),
        )
    address = f"{reverse(settings.LOGIN_URL)}?next={quote(page)}"
    return HttpResponseClientRedirect(address) if _is_part(request) else HttpResponseRedirect(address)


def concerns(request: HttpRequest) -> bool:
    """A form, or a part of a page that refreshes itself; pages that are opened are asked for again by themselves."""
    return request.method == "POST" or _is_part(request)


def _is_part(request: HttpRequest) -> bool:
    return "HX-Request" in request.headers


def _page(request: HttpRequest) -> str:
    """Where the form was: a page that can be opened, on this portal."""
    shown = request.headers.get("HX-Current-URL" if _is_part(request) else "Referer", "")
    if shown and url_has_allowed_host_and_scheme(shown, {request.get_host()}, require_https=request.is_secure()):
        parts = urlsplit(shown)
        return parts.path + (f"?{parts.query}" if parts.query else "")
    return reverse("home") if _is_part(request) else request.path


def _keep(request: HttpRequest, page: str) -> bool:
    who = request.get_signed_cookie(COOKIE, "", salt=SALT)
    fields = {
        name: values
        for name, values in request.POST.lists()
        if name not in OURS and not any(word in name.lower() for word in SECRET)
    }
    size = sum(len(name) + sum(map(len, values)) for name, values in fields.items())
    if not who or not fields or size > LONGEST or request.path.startswith(tuple(reverse(name) for name in NEVER)):
        return False
    request.session[KEY] = {
        "who": who,
        "page": page,
        "action": request.path,
        "fields": fields,
        "files": bool(request.FILES),
        "at": time.time(),
    }
    return True


def _waiting(request: HttpRequest) -> dict[str, Any] | None:
    """What waits for this person; what waits for somebody else, or for too long, is forgotten."""
    kept: dict[str, Any] | None = request.session.get(KEY)
    if kept is None:
        return None
    if kept["who"] != str(request.user.pk) or time.time() - kept["at"] > KEPT_SECONDS:
        del request.session[KEY]
        return None
    return kept


def sent(request: HttpRequest) -> None:
    """The form was sent again: nothing waits any more."""
    kept = _waiting(request)
    if kept and kept["action"] == request.path:
        del request.session[KEY]


def give_back(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """The page with the form filled in; or, where the page has no such form now, a page with what was typed."""
    kept = _waiting(request)
    if kept is None or not isinstance(response, HttpResponse) or not _is_page(request, response, kept):
        return response
    html = response.content.decode() if response.status_code == 200 else ""
    filled = refill(html, page=request.path, action=kept["action"], fields=kept["fields"])
    if not filled.found:
        del request.session[KEY]
        lost = [value for values in kept["fields"].values() for value in values if value.strip()]
        return render(request, "mobility/unsent.html", {"texts": lost, "page": kept["page"]})
    notice = render_to_string("mobility/unsent_notice.html", {"has_files": kept["files"]})
    before, main, after = filled.html.partition('<div role="status">')
    response.content = (before + main + notice + after).encode()
    return response


def _is_page(request: HttpRequest, response: HttpResponse, kept: dict[str, Any]) -> bool:
    """Whether this is the answer to opening the page again, and not a step before it."""
    step = response.get("Location", "").partition("?")[0]
    return (
        request.method == "GET"
        and not _is_part(request)
        and request.path == kept["page"].partition("?")[0]
        and response.get("Content-Type", "").startswith("text/html")
        and step not in {reverse(name) for name in STEPS}
    )
