"""How allauth's accounts become the portal's people."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext_lazy as _


class AccountAdapter(DefaultAccountAdapter):
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
        "too_many_login_attempts": _("Too many attempts with this address. Wait five minutes, or reset the password."),
        "unverified_primary_email": _("Confirm your e-mail address first."),
    }

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
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            user.language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
        )
        return response
