"""How the second factors are kept and named, and when somebody is asked again who they are."""

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mobility.sealing import seal, unseal
from mobility.services import factors

# For so long after signing in, nobody is asked to confirm that it is them to set up their first second factor.
FRESH_SECONDS = 15 * 60

WAYS = {
    "reauthenticate": _("With the password"),
    "mfa_reauthenticate": _("With a code of the app, or a recovery code"),
    "mfa_reauthenticate:webauthn": _("With a passkey"),
}


class FactorWays(DefaultAccountAdapter):
    """The part of the account adapter that asks somebody again who they are."""

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who has just signed in and has no second factor yet sets it up without saying again who they are."""
        if app == "allauth.mfa" and not factors.has_factor(self.request.user) and self._signed_in_just_now():
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """The ways to say who one is, in the portal's words."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [method | {"description": WAYS[method["id"]]} for method in methods]

    def _signed_in_just_now(self) -> bool:
        records = get_authentication_records(self.request, self.request.user)
        return any(time.time() - record["at"] < FRESH_SECONDS for record in records)


class MFAAdapter(DefaultMFAAdapter):
    """How the second factors are kept and named."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _("Your role needs a second factor: set up another before you remove this one."),
        "cannot_generate_recovery_codes": _(
            "Set up an app or a passkey first: recovery codes are for the day it is lost."
        ),
        "incorrect_code": _("This passkey could not be checked. Try again, or use another way."),
        "unverified_email": _("Confirm your e-mail address first."),
    }

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def get_totp_issuer(self) -> str:
        """What the app writes above the code."""
        return gettext("Mobility · Técnico")

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return factors.may_be_removed(authenticator)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002  # as allauth calls it
        count = Authenticator.objects.filter(user=user, type=type).count()
        return gettext("Passkey %(number)d") % {"number": count + 1}
