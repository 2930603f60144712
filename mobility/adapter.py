"""How allauth's accounts become the portal's people."""

import logging
import re
import time
from typing import Any, NoReturn

import structlog
from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal import ratelimit
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError, AuthProcess
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from mobility import limits
from mobility.factor_adapter import FactorWays
from mobility.models import User
from mobility.services import people
from mobility.services.fenix import fetches

logger = logging.getLogger(__name__)

# Why signing in through a provider failed, and what is answered to it; the words are in the template.
STATUS = {
    "expired": 400,
    "refused": 403,
    "unusable": 400,
    "someone_else": 403,
    "long_ago": 403,
    "address_known": 409,
    "unavailable": 503,
}
log = structlog.get_logger("security")
LONGEST_NAME = User._meta.get_field("name").max_length or 0


class AccountAdapter(FactorWays, DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is not active."),
        "duplicate_email": _("This is already the address of your account."),
        "email_password_mismatch": _("The e-mail address and the password don't go together. Check both."),
        "email_taken": _("This address can't be used. Choose another."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_password": _("This is not your password."),
        "invalid_password_reset": _("This link has expired or was used already."),
        "max_email_addresses": _("An account can't have more than %d e-mail addresses."),
        "rate_limited": _("Too many attempts. Wait a minute and try again."),
        "same_as_current": _("The new value is the same as the current one."),
        "too_many_codes": _("Too many wrong codes. Wait five minutes and try again; nothing is lost."),
        "too_many_login_attempts": _("Too many attempts with this address. Wait five minutes, or reset the password."),
        "too_many_anywhere": _("Too many attempts with this address. Wait an hour, or reset the password."),
        "unverified_primary_email": _("Confirm your e-mail address first."),
    }

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Wrong passwords are counted by account and address, and by account wherever they come from."""
        anywhere = super()._get_login_attempts_cache_key(request, **credentials)
        if limits.exhausted(request, "login_failed_anywhere", key=anywhere):
            raise self.validation_error("too_many_anywhere")
        super().pre_authenticate(request, **credentials)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{ratelimit.get_ip(request)}"

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """Whoever has reset the password may try again at once."""
        super()._delete_login_attempts_cached_email(request, **credentials)
        anywhere = super()._get_login_attempts_cache_key(request, **credentials)
        ratelimit.clear(request, app=limits.APP, action="login_failed_anywhere", key=anywhere)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        anywhere = super()._get_login_attempts_cache_key(request, **credentials)
        limits.allow(request, "login_failed_anywhere", key=anywhere)
        account = User.objects.filter(email=credentials.get("email", "").lower()).values_list("pk", flat=True).first()
        log.warning("sign_in_failed", user=account, source=limits.source(request))

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        """A new account has a name, keeps the language in which it was made, and its e-mail in lower case."""
        user = super().save_user(request, user, form, commit=False)
        user.name = form.cleaned_data["name"].strip()
        user.email = user.email.lower()
        user.language = (translation.get_language() or "pt")[:2]
        if commit:
            user.save()
        return user

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Whoever signs in finds the portal in the language of the account, on a new device too."""
        response = super().post_login(request, user, **kwargs)
        _came_through_fenix(user, (kwargs.get("signal_kwargs") or {}).get("sociallogin"))
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            user.language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
        )
        return response


def _came_through_fenix(user: User, login: SocialLogin | None) -> None:
    """Whoever signs in through Fénix brings the student file along, and the key to the academic record."""
    if login is not None and login.account.provider == "fenix" and login.token:
        fetches.begin(user=user, person=login.account.extra_data, token=login.token.token, by=user)


def sign_in_failed(request: HttpRequest, provider: Any, reason: str) -> HttpResponse:
    """The page that says why signing in through a provider failed (a key of STATUS), and what to do now."""
    context = {"provider": provider, "reason": reason}
    return render(request, "socialaccount/authentication_error.html", context, status=STATUS[reason])


def tidy_name(name: str) -> str:
    """A name as it can be kept: no control characters, one space between words, cut between words when it is long."""
    clean = re.sub(r"\s+", " ", "".join(c if c.isprintable() else " " for c in name)).strip()
    if len(clean) <= LONGEST_NAME:
        return clean
    return clean[: LONGEST_NAME + 1].rpartition(" ")[0] or clean[:LONGEST_NAME]


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """To whose account an identity of the institution belongs.

    By the provider's own identifier, once connected; before that by the institution's username, where the configuration
    trusts the provider with it and the office or an import has recorded it on an account. Never by an e-mail address.
    """

    error_messages = DefaultSocialAccountAdapter.error_messages | {
        "connected_other": _("This belongs to another account."),
        "email_taken": _("This address can't be used. Choose another."),
        "long_ago": _("Sign out and in again, and do this within five minutes: it protects your account."),
        "no_password": _("Choose a password first: without it you couldn't sign in any more."),
        "no_verified_email": _("Confirm your e-mail address first: without it you couldn't sign in any more."),
    }

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        """The providers of the environment alone; the database knows none."""
        given: dict[str, Any] = settings.SOCIALACCOUNT_PROVIDERS
        apps = [SocialApp(provider=kind, **app) for kind, its in given.items() for app in its.get("APPS", [])]
        return [
            app
            for app in apps
            if provider in {None, app.provider, app.provider_id} and client_id in {None, app.client_id}
        ]

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> NoReturn:
        if isinstance(exception, OSError):
            reason = "unavailable"
        elif error == AuthError.CANCELLED:
            raise ImmediateHttpResponse(redirect("socialaccount_login_cancelled"))
        elif isinstance(exception, PermissionDenied) or (exception is None and "state_id" in (extra_context or {})):
            reason = "expired"
        elif exception is None and "saml_errors" not in (extra_context or {}):
            reason = "refused"
        else:
            reason = "unusable"
        logger.warning("Signing in with %s failed: %s", provider.sub_id, reason, exc_info=exception)
        raise ImmediateHttpResponse(sign_in_failed(request, provider, reason))

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        user: User = sociallogin.user
        user.name = tidy_name(data.get("name") or "")
        user.email = (data.get("email") or "").lower()
        user.language = (translation.get_language() or "pt")[:2]
        return user

    def get_signup_form_initial_data(self, sociallogin: SocialLogin) -> dict[str, Any]:
        return super().get_signup_form_initial_data(sociallogin) | {"name": sociallogin.user.name}

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Who comes without a name is asked for it."""
        return bool(sociallogin.user.name)

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            self._may_connect(request, sociallogin)
        elif not sociallogin.is_existing and sociallogin.state.get("process") != AuthProcess.REDIRECT:
            self._recognise(request, sociallogin)

    def _may_connect(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Nobody connects an identity that, by the institution's username, is somebody else's."""
        username = username_of(sociallogin)
        if request.user.is_authenticated and not signed_in_lately(request):
            raise ImmediateHttpResponse(sign_in_failed(request, sociallogin.provider, "long_ago"))
        if not username or request.user.is_anonymous:
            return
        holder = User.objects.filter(institutional_id=username).first()
        theirs = holder is not None and holder != request.user
        another = request.user.institutional_id not in {None, username}
        if theirs or another:
            raise ImmediateHttpResponse(sign_in_failed(request, sociallogin.provider, "someone_else"))

    def _recognise(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Connect an identity that comes for the first time to the account of its username, if there is one."""
        username, provider = username_of(sociallogin), sociallogin.provider
        user = User.objects.filter(institutional_id=username).first() if username else None
        if user is None:
            self._refuse_a_known_address(request, sociallogin)
        elif not user.is_active:
            raise ImmediateHttpResponse(redirect("account_inactive"))
        elif SocialAccount.objects.filter(user=user, provider=sociallogin.account.provider).exists():
            # The username was given to somebody else since: the provider knows another person by it.
            raise ImmediateHttpResponse(sign_in_failed(request, provider, "someone_else"))
        else:
            self._connect(request, sociallogin, user)

    def _connect(self, request: HttpRequest, sociallogin: SocialLogin, user: User) -> None:
        try:
            with transaction.atomic():
                sociallogin.connect(request, user)
        except IntegrityError:
            # The same person in another window was quicker.
            raise ImmediateHttpResponse(sign_in_failed(request, sociallogin.provider, "expired")) from None

    def _refuse_a_known_address(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """An address alone connects nothing. Only whoever has proved that it is theirs is told that it has an account;
        the others go on as if it had none, and read it in a letter to that address."""
        for address in sociallogin.email_addresses:
            if address.verified and filter_users_by_email(address.email):
                raise ImmediateHttpResponse(sign_in_failed(request, sociallogin.provider, "address_known"))

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        """A new account, with the institution's username when the provider is trusted with it."""
        if form:
            # The address in the form counts; the provider's beside it only where it is verified.
            sociallogin.email_addresses = [a for a in sociallogin.email_addresses if a.verified]
        sociallogin.user.institutional_id = username_of(sociallogin) or None
        try:
            with transaction.atomic():
                user: User = super().save_user(request, sociallogin, form)
                people.note_connection(user=user, provider=sociallogin.account.provider, by=user)
        except IntegrityError:
            raise ImmediateHttpResponse(sign_in_failed(request, sociallogin.provider, "expired")) from None
        return user

    def validate_disconnect(self, account: SocialAccount, accounts: Any) -> None:
        """What is left must let the person in: another provider that is still offered, or a password."""
        if not signed_in_lately(self.request):
            raise self.validation_error("long_ago")
        offered = {provider.sub_id for provider in self.list_providers(self.request)}
        if accounts.exclude(pk=account.pk).filter(provider__in=offered).exists():
            return
        if not account.user.has_usable_password():
            raise self.validation_error("no_password")
        if not EmailAddress.objects.filter(user=account.user, verified=True).exists():
            raise self.validation_error("no_verified_email")

    def send_notification_mail(self, template_prefix: str, user: User, context: dict[str, Any], **more: Any) -> None:
        """allauth's one call when an account was connected or disconnected: it goes into the record too."""
        account: SocialAccount = context["account"]
        note = people.note_connection if template_prefix.endswith("account_connected") else people.note_disconnection
        note(user=user, provider=account.provider, by=user)
        super().send_notification_mail(template_prefix, user, context, **more)


def signed_in_lately(request: HttpRequest) -> bool:
    """Whether what protects the account may be changed by whoever sits at the browser.

    allauth asks for the password or the second factor again; of a person who has neither it asks nothing, so that
    person has to have come from the institution within the same time.
    """
    if get_reauthentication_flows(request.user):
        return True
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] < account_settings.REAUTHENTICATION_TIMEOUT


def username_of(sociallogin: SocialLogin) -> str:
    """The institution's username, where the provider is trusted with it; empty otherwise."""
    return str(sociallogin.account.extra_data.get("institutional_id", ""))
