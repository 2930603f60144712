"""The role in use ("hat") of whoever makes a request; kept in the session: the last choice holds in all tabs."""

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from mobility.models import NO_HAT, Hat, User

KEY = "hat"

# Where one is before a role is chosen: signing in and out, the account, the choice itself, language, health check.
BEFORE_A_ROLE = ("account", "choose_hat", "set_language", "health")


def find(user: User, key: str) -> Hat | None:
    """One of the person's roles of today."""
    return next((hat for hat in user.hats if hat.key == key), None)


def in_use(request: HttpRequest, user: User) -> Hat | None:
    """The only one that there is, or the one that was chosen, if it still holds; NO_HAT: several and none chosen."""
    chosen = request.session.get(KEY, "")
    found = find(user, chosen)
    if chosen and found is None:
        del request.session[KEY]
        messages.warning(request, _("The role that you were using has ended. Nothing that you did in it is lost."))
    if len(user.hats) < 2:
        return user.hats[0] if user.hats else None
    return found or NO_HAT


def put_on(request: HttpRequest, user: User, key: str) -> bool:
    """Choose one of one's roles, and have it offered first the next time; False: there is no such role today."""
    found = find(user, key)
    if found is None:
        return False
    user.hat = found
    request.session[KEY] = key
    if user.last_hat != key:
        user.last_hat = key
        user.save(update_fields=["last_hat"])
    return True


def needs_none(request: HttpRequest) -> bool:
    return request.path_info.startswith(tuple(reverse(name) for name in BEFORE_A_ROLE))


def ask(request: HttpRequest) -> HttpResponseBase:
    """To the choice, and back here afterwards."""
    here = request.htmx.current_url_abs_path if request.htmx else request.get_full_path()  # type: ignore[attr-defined]  # put there by its middleware
    return _sent_to(request, f"{reverse('choose_hat')}?{urlencode({'next': here or '/'})}")


def refuse(request: HttpRequest, user: User, shown: str) -> HttpResponseBase:
    """A form that was shown under another role: nothing was done; what was typed can be sent again under that one."""
    if request.htmx:  # type: ignore[attr-defined]  # put there by its middleware
        return ask(request)
    kept = [(name, value) for name in request.POST if name not in OURS for value in request.POST.getlist(name)]
    context = {"kept": kept, "shown": find(user, shown), "has_files": bool(request.FILES)}
    return render(request, "mobility/other_hat.html", context, status=409)


# Fields of every form, which aren't what somebody typed.
OURS = {"csrfmiddlewaretoken", "shown_as", "put_on"}


def _sent_to(request: HttpRequest, address: str) -> HttpResponseBase:
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)  # type: ignore[attr-defined]  # put there by its middleware
