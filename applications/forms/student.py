"""The student's answers."""

from typing import Any

from django import forms
from django.core.validators import validate_unicode_slug
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from applications.models import Application


class PeriodForm(forms.Form):
    """When, and whether with a grant. Nothing is required: a draft may be left half written."""

    term = forms.ChoiceField(
        label=_("When do you want to go?"),
        choices=Application.Term.choices,
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": _("Choose one of the periods in the list.")},
    )
    wants_grant = forms.TypedChoiceField(
        label=_("Do you want a mobility grant, if there is one for you?"),
        choices=[("yes", _("Yes")), ("no", _("No, I can go without one"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        required=False,
        empty_value=None,
        error_messages={"invalid_choice": _("Answer yes or no.")},
    )
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    @property
    def answers(self) -> dict[str, Any]:
        """The questions that were answered, in the shape of a draft."""
        given = {"term": self.cleaned_data["term"], "wants_grant": self.cleaned_data["wants_grant"]}
        return {key: value for key, value in given.items() if value is not None}


class NationalityForm(forms.Form):
    """What Fénix doesn't say and a grant depends on (Art. 4(2))."""

    nationality = CountryField(blank_label="–").formfield(
        label=_("Nationality"),
        help_text=_("If you have several and one of them is of a country of the European Union, choose that one."),
        error_messages={"required": _("Choose a country."), "invalid_choice": _("Choose a country.")},
    )


class ProgrammeForm(forms.Form):
    """Of the masters in which somebody is registered, the one with which they apply."""

    programme = forms.ChoiceField(
        label=_("With which programme do you apply?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the programmes in the list.")},
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["programme"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        field.error_messages["invalid_choice"] = field.error_messages["required"]


class NumbersField(forms.Field):
    """Primary keys in the order in which the inputs stand; which of them exist is the service's question."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[int]:
        found = [str(item) for item in value or []]
        if not all(item.isdecimal() and len(item) < 19 for item in found):
            raise forms.ValidationError("invalid")
        return [int(item) for item in found]


class PreferencesForm(forms.Form):
    """The ordered list as it is on the screen, and what is asked to be done to it."""

    preferences = NumbersField(required=False)
    action = forms.CharField(required=False, max_length=40)
    version = forms.IntegerField(min_value=0)

    @property
    def order(self) -> list[int]:
        """The list after the action: ``add:ID``, ``remove:ID``, ``up:ID`` or ``down:ID``; others change nothing."""
        order = list(self.cleaned_data["preferences"])
        verb, _colon, number = self.cleaned_data["action"].partition(":")
        if not number.isdecimal():
            return order
        chosen = int(number)
        if verb == "add" and chosen not in order:
            order.append(chosen)
        elif verb == "remove" and chosen in order:
            order.remove(chosen)
        elif verb in ("up", "down") and chosen in order:
            here = order.index(chosen)
            there = min(max(here + (1 if verb == "down" else -1), 0), len(order) - 1)
            order.insert(there, order.pop(here))
        return order


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Why are you withdrawing?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DestinationFilter(forms.Form):
    """What the reader looks for among the destinations; stays in the address."""

    q = forms.CharField(label=_("University, city or country"), required=False, max_length=100)
    programme = forms.CharField(label=_("Programme"), required=False, max_length=20, validators=[validate_unicode_slug])
    page = forms.IntegerField(required=False, min_value=1)
