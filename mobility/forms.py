"""The account forms: allauth's, with the portal's words; the form of an import; the filters of the log."""

from typing import Any
from urllib.parse import urlencode

from allauth.account import forms as allauth_forms
from allauth.socialaccount import forms as socialaccount_forms
from allauth.socialaccount.adapter import get_adapter as get_social_adapter
from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from mobility import demonstration
from mobility.models import Correction, Role, Student, User
from mobility.services.imports.kinds import KINDS
from mobility.services.imports.reading import LARGEST
from mobility.templatetags.states import ACTIONS, THINGS

# What allauth's forms say by themselves; it has no catalogue under the name "pt", so the words are in ours.
OWN_WORDS_OF_ALLAUTH = (gettext_noop("You must type the same password each time."),)

PASSWORD = _("Password")
NEW_PASSWORD = _("New password")
AGAIN = _("The same password again")
EMAIL = _("E-mail address")
PASSWORD_HINT = _(
    "At least 12 characters: not digits alone, not a common password, nothing close to your name or e-mail."
)


def word(form: forms.Form, **labels: Any) -> None:
    """Give the fields that the form has their labels; what an empty one says is in the voice of the portal."""
    for name, label in labels.items():
        field = form.fields[name]
        field.label = label
        field.error_messages["required"] = _("Fill this in.")
        if name == "password1":
            field.help_text = PASSWORD_HINT


class LoginForm(allauth_forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self, login=EMAIL, password=PASSWORD, remember=_("Stay signed in on this device"))
        # The page has the link to a new password itself.
        self.fields["password"].help_text = ""
        # In the order in which they are configured: the house's own first.
        self.ways_in = get_social_adapter(self.request).list_providers(self.request)
        self.demo_password = demonstration.PASSWORD
        self.demo_accounts = demonstration.visitors() if settings.DEMO else []
        if self.demo_accounts and not self.is_bound:
            self._fill(self.request.GET.get("login", ""))

    def _fill(self, email: str) -> None:
        """In the demo, a link fills in an account of its list, so that pressing the button is all that is left."""
        if email in dict(self.demo_accounts):
            self.initial |= {"login": email, "password": demonstration.PASSWORD}
            self.fields["password"].widget.render_value = True


class SignupForm(allauth_forms.SignupForm):
    name = forms.CharField(
        label=_("Full name"),
        help_text=_("As in your identity document: it goes into lists and documents."),
        max_length=User._meta.get_field("name").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ["name", "email", "password1", "password2"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self, name=_("Full name"), email=EMAIL, password1=PASSWORD, password2=AGAIN)


class SocialSignupForm(socialaccount_forms.SignupForm):
    """What the institution didn't say, or isn't trusted with: a name, an address that is then confirmed by link."""

    name = SignupForm.base_fields["name"]
    field_order = ["name", "email"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self, name=_("Full name"), email=EMAIL)
        if any(address.verified for address in self.sociallogin.email_addresses):
            self.fields["email"].disabled = True


class DisconnectForm(socialaccount_forms.DisconnectForm):
    """Of the connected providers, those that are still offered."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.providers = get_social_adapter().list_providers(self.request)
        offered = {provider.sub_id: provider for provider in self.providers}
        self.accounts: Any = self.accounts.filter(provider__in=offered)
        self.fields["account"].queryset = self.accounts
        self.fields["account"].error_messages["required"] = _("Choose what to disconnect.")
        self.fields["account"].error_messages["invalid_choice"] = _("This isn't connected any more.")
        self.connected = [(account, offered[account.provider].name) for account in self.accounts]
        taken = {account.provider for account in self.accounts}
        self.others = [provider for name, provider in offered.items() if name not in taken]


class ChangePasswordForm(allauth_forms.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self, oldpassword=_("Current password"), password1=NEW_PASSWORD, password2=AGAIN)
        self.fields["oldpassword"].help_text = ""


class SetPasswordForm(allauth_forms.SetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self, password1=NEW_PASSWORD, password2=AGAIN)


class ResetPasswordForm(allauth_forms.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self, email=EMAIL)


class ResetPasswordKeyForm(allauth_forms.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self, password1=NEW_PASSWORD, password2=AGAIN)


class AddEmailForm(allauth_forms.AddEmailForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self, email=_("New e-mail address"))


class ReauthenticateForm(allauth_forms.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self, password=PASSWORD)
        self.fields["password"].help_text = ""


class ImportForm(forms.Form):
    """A file, and what it has; what is in it is read by the service."""

    kind = forms.ChoiceField(
        label=_("What the file has"),
        choices=[(kind.code, kind.name) for kind in KINDS.values()],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the file has."), "invalid_choice": _("Choose what the file has.")},
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV, XLSX or JSON, up to 10 MB. Nothing is written yet: first you see what would change."),
        max_length=200,
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.xlsx,.json"}),
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if file.size and file.size > LARGEST:
            raise forms.ValidationError(
                _("The file is larger than %(most)s MB; divide it."), params={"most": LARGEST // 1024**2}
            )
        return file


ALL = ("", _("All"))


class LogFilters(forms.Form):
    """Filters of the log; they live in the address, and one that means nothing filters nothing."""

    since = forms.DateField(label=_("From the day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To the day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    person = forms.CharField(label=_("Name, e-mail or student number"), required=False, max_length=200)
    role = forms.ChoiceField(label=_("Role"), required=False)
    action = forms.ChoiceField(label=_("What was done"), required=False)
    kind = forms.ChoiceField(label=_("Kind of file"), required=False)
    clause = forms.CharField(label=_("Clause"), required=False, max_length=10)
    text = forms.CharField(label=_("Words in the reason"), required=False, max_length=100)
    thing = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose("role", [*Role.choices, ("student", _("Student"))])
        self._choose("action", sorted(((".".join(key), str(words)) for key, words in ACTIONS.items()), key=_words))
        self._choose("kind", sorted(((kind, str(words)) for kind, words in THINGS.items()), key=_words))

    def _choose(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [ALL, *choices]

    def wanted(self) -> dict[str, Any]:
        """What ``log_search.search`` asks for, and ``before``: the row before which to read on."""
        self.is_valid()
        before = str(self.data.get("before", ""))
        number = int(before) if before.isdecimal() and len(before) < 18 else None
        return {name: self.cleaned_data.get(name) for name in self.fields} | {"before": number}

    def address(self) -> str:
        """The filters as they stand in an address, without the page."""
        found = {name: self.data.get(name, "") for name in self.fields}
        return urlencode({name: value for name, value in found.items() if value})


def _words(choice: tuple[str, str]) -> str:
    return choice[1].casefold()


class OpenFileForm(forms.Form):
    """Which student's file an administrator has to read, and why."""

    wanted = forms.CharField(label=_("Student number or e-mail address"), max_length=200)
    reason = forms.CharField(
        label=_("Why the file has to be read"),
        help_text=_("The student and the auditor see this reason."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )


class CorrectionForm(forms.Form):
    """What is wrong, what it should be, and how one knows."""

    subject = forms.ChoiceField(
        label=_("What is wrong"),
        choices=Correction.Subject,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is wrong.")},
    )
    detail = forms.CharField(
        label=_("Which one, if there are several"),
        help_text=_("For instance the unit of the academic record."),
        max_length=200,
        required=False,
    )
    should_be = forms.CharField(
        label=_("What it should be"), max_length=200, error_messages={"required": _("Say what it should be.")}
    )
    why = forms.CharField(
        label=_("Why, and where that can be seen"),
        help_text=_("For instance: as in your identity card. You can add a document to your record."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say why.")},
    )


class AnswerForm(forms.Form):
    """Corrected or not, with the value where the portal itself is its source, and what the person is told."""

    verdict = forms.ChoiceField(
        label=_("Decision"),
        choices=[("correct", _("It is corrected")), ("refuse", _("It stays as it is"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one.")},
    )
    answer = forms.CharField(
        label=_("What the person is told"),
        help_text=_("What was done and when it shows, or why it stays."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say what was done, or why not.")},
    )

    def __init__(self, *args: Any, correction: Correction, here: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if here:
            self.fields["value"] = self._value(correction)
            self.order_fields(["verdict", "value", "answer"])

    def _value(self, correction: Correction) -> forms.Field:
        """As the field of the person, or of the student file, is filled in; what was asked for is there already."""
        owner = User if correction.subject == Correction.Subject.NAME else Student
        column: Any = owner._meta.get_field(correction.subject)
        field: forms.Field = column.formfield(required=False)
        field.label = _("New value")
        field.help_text = _("Written when you answer that it is corrected.")
        if correction.subject != Correction.Subject.NATIONALITY:
            field.initial = correction.should_be
        return field

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        missing = "value" in self.fields and given.get("value") in (None, "") and "value" not in self.errors
        if missing and given.get("verdict") == "correct":
            self.add_error("value", _("Give the new value."))
        return given


class HoldForm(forms.Form):
    """Whose data, and why they are kept past their period."""

    person = forms.CharField(
        label=_("E-mail address or student number"),
        max_length=254,
        error_messages={"required": _("Say whose data.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The dispute or the audit that is open."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why.")},
    )

    def clean_person(self) -> User:
        given = self.cleaned_data["person"].strip()
        found = User.objects.filter(Q(email__iexact=given) | Q(student__number__iexact=given)).first()
        if found is None:
            raise forms.ValidationError(_("Nobody has this address or number. Look at it again."))
        return found
