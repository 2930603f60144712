"""The forms of the second factor: allauth's, with the portal's words, and with codes that count once."""

from typing import Any

from allauth.core import context
from allauth.mfa.base import forms as base_forms
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms
from django.conf import settings
from django.contrib import messages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mobility.models import User
from mobility.services import factors

CODE = gettext_lazy("Code")
FILL_IN = gettext_lazy("Fill this in.")
WRONG = {
    "wrong": gettext_lazy(
        "This code is not right. Type the one that the app shows now; if that doesn't help, look whether the clock "
        "of the phone is set by itself."
    ),
    "used": gettext_lazy("This code was used already. Wait for the next one: the app shows it within 30 seconds."),
    "clock": gettext_lazy("This code is of another time: the clock of the phone is wrong. Set it to automatic time."),
    "recovery_used": gettext_lazy("This recovery code was used already. Each works once: take another of your list."),
    "none_left": gettext_lazy(
        "This code is not right, and no recovery code is left. Without the phone, ask an administrator."
    ),
    "unreadable": gettext_lazy("The portal can't read this second factor. Ask an administrator to reset it."),
}


def _word_code(form: forms.Form, label: Any, hint: Any = "") -> None:
    field = form.fields["code"]
    field.label, field.help_text = label, hint
    field.error_messages["required"] = FILL_IN
    field.widget.attrs = {"autocomplete": "one-time-code", "spellcheck": "false", "autocapitalize": "off"}


class _CodeForm(base_forms.BaseAuthenticateForm):
    """A code of the app, or a recovery code."""

    user: User
    authenticator: Authenticator

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = set(Authenticator.objects.filter(user=self.user).values_list("type", flat=True))
        self.has_app, self.has_passkey = factors.TOTP in kinds, factors.PASSKEY in kinds
        if self.has_app:
            _word_code(self, CODE, _("The six digits that your app shows now, or one of your recovery codes."))
        else:
            _word_code(self, _("Recovery code"), _("One of the codes that you kept when you set up the passkey."))
        self.demo_code = demo_code(self.user)
        if self.demo_code and not self.is_bound:
            self.initial["code"] = self.demo_code

    def clean_code(self) -> str:
        clear_limit = check_rate_limit(self.user, error_key="too_many_codes")
        code: str = self.cleaned_data["code"]
        found, wrong = factors.use_code(user=self.user, code=code)
        if found is None:
            raise forms.ValidationError(WRONG[wrong], code=wrong)
        clear_limit()
        found.user = self.user
        self.authenticator = found
        return code

    def save(self) -> None:
        super().save()
        if self.authenticator.type == factors.RECOVERY:
            _tell_what_is_left(self.user)


class AuthenticateForm(_CodeForm, base_forms.AuthenticateForm):
    pass


class ReauthenticateForm(_CodeForm, base_forms.ReauthenticateForm):
    pass


def _tell_what_is_left(user: User) -> None:
    left = factors.codes_left(user) or 0
    factors.used_recovery_code(user=user, left=left, by=user)
    words = ngettext(
        "You used a recovery code; %(left)d is left.", "You used a recovery code; %(left)d are left.", left
    ) % {"left": left}
    if left <= factors.FEW:
        words += " " + _("Make new ones under “Your account”, “Second factor”.")
    messages.add_message(context.request, messages.WARNING if left <= factors.FEW else messages.INFO, words)


def demo_code(user: User) -> str:
    """In the demo, where nobody has the phone of an invented person: what it would show."""
    if not settings.DEMO:
        return ""
    authenticator = Authenticator.objects.filter(user=user, type=factors.TOTP).first()
    return factors.next_code(authenticator) if authenticator else ""


class ActivateTOTPForm(totp_forms.ActivateTOTPForm):
    """The first code of an app. Two tabs show the same secret: whichever is sent, it is the one that was scanned."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        session = context.request.session
        kept = session.get(SECRET_SESSION_KEY)
        super().__init__(*args, **kwargs)
        # A page that was opened before the last sign-in shows a secret that nobody has any more.
        self.is_stale = self.is_bound and not kept
        if kept:
            self.secret = session[SECRET_SESSION_KEY] = kept
        self.counter = 0
        _word_code(self, _("Code of the app"), _("The six digits that the app shows for this portal."))
        self.fields["code"].widget.attrs["inputmode"] = "numeric"

    @property
    def secret_in_groups(self) -> str:
        """As it is typed: four letters at a time."""
        return " ".join(self.secret[start : start + 4] for start in range(0, len(self.secret), 4))

    def clean_code(self) -> str:
        if self.is_stale:
            raise forms.ValidationError(
                _("This page had expired. Remove the entry from the app, scan the new picture and type the new code.")
            )
        clear_limit = check_rate_limit(self.user, error_key="too_many_codes")
        code: str = self.cleaned_data["code"]
        counter = factors.matching_counter(self.secret, code)
        if counter is None or not factors.in_time(counter):
            raise forms.ValidationError(WRONG["wrong" if counter is None else "clock"])
        clear_limit()
        self.counter = counter
        return code


class _PasskeyName(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.fields["name"]
        name.label, name.help_text = _("Name"), _("So that you tell it from others: “Laptop at work”, for instance.")
        name.error_messages["required"] = FILL_IN
        name.widget.attrs["maxlength"] = "60"


class AddPasskeyForm(_PasskeyName, webauthn_forms.AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["passwordless"]
        field.label = _("Sign in with it alone, without the password")
        field.help_text = _("The device then asks for your finger, face or code each time.")
        field.initial = True
        self.fields["credential"].error_messages["required"] = _("The device gave no passkey. Try again.")

    def clean_name(self) -> str:
        return super().clean_name()[:60]


class EditPasskeyForm(_PasskeyName, webauthn_forms.EditWebAuthnForm):
    pass


class ResetFactorForm(forms.Form):
    """An administrator's: whose second factor is reset, and why."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address of the person"),
        error_messages={"required": FILL_IN},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("How you know that it is them, and what happened. It goes into the log."),
        max_length=1000,
        error_messages={"required": FILL_IN},
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        self.person = User.objects.filter(email=email).first()
        if self.person is None:
            raise forms.ValidationError(_("Nobody here has this address. Check it."))
        return email
