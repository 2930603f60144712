"""What holds for every answer of the portal, whatever the page."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.socialaccount.adapter import get_adapter as get_social_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.base import ProviderException
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import HttpRequest
from django.http.response import HttpResponseBase, HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect
from lxml.etree import LxmlError
from onelogin.saml2.errors import OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError

from mobility import hats, unsent
from mobility.models import NO_HAT, User
from mobility.services import factors, sessions
from mobility.services.privacy import has_taken_note

# Where somebody was going who had to set up a second factor first.
AFTER_FACTOR = "after_factor"

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# What no page of the portal uses: a script that got in couldn't either.
NOT_USED = [
    "accelerometer",
    "autoplay",
    "bluetooth",
    "browsing-topics",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "serial",
    "storage-access",
    "usb",
    "web-share",
    "window-management",
    "xr-spatial-tracking",
]
# A passkey is made and used on the portal's own pages.
OWN_ALONE = ("publickey-credentials-create", "publickey-credentials-get")
HEADERS = {
    "Permissions-Policy": ", ".join(
        [f"{feature}=()" for feature in NOT_USED] + [f"{feature}=(self)" for feature in OWN_ALONE]
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Permitted-Cross-Domain-Policies": "none",
    # In the place of the server's own, which would name the program.
    "Server": "portal",
}


def harden(get_response: GetResponse) -> GetResponse:
    """Every answer, an error and a static file too, carries the headers that protect it."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return answer


def refuse_large_bodies(get_response: GetResponse) -> GetResponse:
    """What is larger than any file the portal takes is answered before it is read."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        # The server gives a request that doesn't say its length no body at all.
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > settings.LARGEST_BODY_BYTES:
            raise RequestDataTooBig("The body is larger than any file that the portal takes.")
        return get_response(request)

    return answer


def keep_private(get_response: GetResponse) -> GetResponse:
    """Nothing that a signed-in person reads is stored, not even by the browser.

    On a shared computer the back button would show it to whoever sits down next. A page that says
    itself how it may be stored is left alone.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if not response.has_header("Cache-Control") and request.user.is_authenticated:
            add_never_cache_headers(response)
        return response

    return answer


class KeepUnsent:
    """A form that arrives when its session has ended waits for whoever sent it to be back (``unsent``)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not request.user.is_authenticated:
            return response
        if request.method == "POST" and response.status_code < 400:
            unsent.sent(request)
        unsent.remember(request, response)
        return unsent.give_back(request, response)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], *_arguments: object
    ) -> HttpResponseBase | None:
        """After the check against forged requests, so that nobody else puts words into the form."""
        if request.user.is_authenticated or not getattr(view, "login_required", True):
            return None
        return unsent.to_sign_in(request) if unsent.concerns(request) else None


def watch_session(get_response: GetResponse) -> GetResponse:
    """Sign out who holds a role and hasn't clicked for long; note of everybody else that the session is in use."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            if sessions.is_idle(request):
                logout(request)
                messages.warning(request, _("You were signed out because nothing happened here for a while."))
            else:
                sessions.see(request)
        return get_response(request)

    return answer


# What somebody whose role asks for a second factor may open before they have one: setting it up, their account, the
# language, signing out, and what anybody reads that says nothing about anybody. Everything else waits.
OPEN_WITHOUT_FACTOR = frozenset(
    {
        "account",
        "account_change_password",
        "account_confirm_email",
        "account_email",
        "account_email_verification_sent",
        "account_inactive",
        "account_logout",
        "account_reauthenticate",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "account_set_password",
        "health",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_download_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_index",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "privacy_notice",
        "privacy_notice_version",
        "mfa_view_recovery_codes",
        "set_language",
        "usersessions_list",
        "verify",
    }
)


def require_factor(get_response: GetResponse) -> GetResponse:
    """Lead whoever holds a role and has no second factor to set one up, before they see or do anything else.

    Sessions that were begun without a factor end when a role is given or a factor set up or reset, and signing in
    asks for the factor: so every session of a staff member has passed one, or is led here.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        if _lacks_factor(request.user) and not _is_open_without_factor(request):
            return _lead_to_factor(request)
        return get_response(request)

    return answer


def _lacks_factor(who: object) -> bool:
    return isinstance(who, User) and factors.must_have(who) and not factors.has_factor(who)


def _is_open_without_factor(request: HttpRequest) -> bool:
    try:
        return resolve(request.path_info).view_name in OPEN_WITHOUT_FACTOR
    except Resolver404:
        return False


def _lead_to_factor(request: HttpRequest) -> HttpResponseBase:
    """To the page that says why and how; it knows where they were going."""
    address = reverse("mfa_index")
    if "HX-Request" in request.headers:
        return HttpResponseClientRedirect(address)
    if request.method == "GET":
        request.session[AFTER_FACTOR] = request.get_full_path()
    return HttpResponseRedirect(address)


def notice_first(get_response: GetResponse) -> GetResponse:
    """Whoever signs in and hasn't taken note of the newest privacy notice reads it before the page they asked for.

    Only a page that is opened waits: a form that is sent, or a part of a page that refreshes itself, goes through, so
    that nothing typed is lost. What anybody may read is open, and so is one's account: to sign out, to confirm a
    second factor, to have one's data.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        if _opens_a_page(request) and request.user.is_authenticated and not has_taken_note(request.user):
            return HttpResponseRedirect(f"{reverse('take_note')}?{urlencode({'next': request.get_full_path()})}")
        return get_response(request)

    return answer


def _opens_a_page(request: HttpRequest) -> bool:
    """Whether a page of one's own is asked for, outside the account."""
    if request.method not in ("GET", "HEAD") or "HX-Request" in request.headers:
        return False
    if request.path_info.startswith(reverse("account")):
        return False
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return False
    return getattr(view, "login_required", True) or request.path_info == reverse("home")


class WearHat:
    """Puts the role in use on the person for the length of the request (``User.hat``).

    Who has one role has it in use; who has several chooses. A form says under which role it was shown: sent under
    another it is refused, so that nobody acts in a role without having seen it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if isinstance(request.user, User):
            request.user.hat = hats.in_use(request, request.user)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponseBase | None:
        """After the check against forged requests, because a form may say which role to put on."""
        user = request.user
        if not isinstance(user, User) or hats.needs_none(request):
            return None
        if request.method == "POST":
            if hats.put_on(request, user, request.POST.get("put_on", "")):
                return None
            shown = request.POST.get("shown_as") or request.headers.get("X-Shown-As", "")
            if shown and (user.hat is None or user.hat.key != shown):
                return hats.refuse(request, user, shown)
        return hats.ask(request) if user.hat is NO_HAT else None


# What the libraries raise when a provider of sign-in doesn't answer (OSError), sends what nobody understands, or sends
# an answer to a question that wasn't asked (PermissionDenied).
FAULTS_OF_PROVIDERS = (
    OSError,
    PermissionDenied,
    ProviderException,
    OAuth2Error,
    OneLogin_Saml2_Error,
    OneLogin_Saml2_ValidationError,
    LxmlError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
)


class ExplainSignIn:
    """Tells the reader that a provider failed, and what to do now; the log has the rest."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        match = request.resolver_match
        if match is None or not match.func.__module__.startswith("allauth.socialaccount.providers."):
            return None
        if not isinstance(error, FAULTS_OF_PROVIDERS):
            return None
        name = match.kwargs.get("provider_id") or match.kwargs.get("organization_slug")
        # Of other providers, the name of the address begins with theirs.
        provider = get_social_adapter(request).get_provider(request, name or str(match.url_name).partition("_")[0])
        found: HttpResponseBase = render_authentication_error(request, provider, exception=error)
        return found
