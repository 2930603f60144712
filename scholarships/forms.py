"""The office's forms."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.models import Run
from mobility.models import Call, Programme
from mobility.templatetags.states import TIER_CHOICES


class BudgetForm(forms.Form):
    """Art. 8(1), 9(1): how many grants, and which document says so."""

    grants = forms.IntegerField(label=_("Grants"), min_value=0, max_value=1_000_000)
    source = forms.CharField(
        label=_("Document that gives the number"),
        max_length=300,
        help_text=_("For instance: contract with the National Agency, no. and date."),
    )


class DatesForm(forms.Form):
    """Art. 6(1), 8(6)(e). Times are Lisbon's."""

    opens_at = forms.DateTimeField(
        label=_("Opens at (Lisbon)"), widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    closes_at = forms.DateTimeField(
        label=_("Closes at (Lisbon)"), widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    distribution_on = forms.DateField(
        label=_("Grants are distributed on"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    redistribute = forms.BooleanField(label=_("Grants that a programme cannot use go round again"), required=False)

    def __init__(self, *args: Any, call: Call, **kwargs: Any) -> None:
        given = {name: getattr(call, name) for name in self.base_fields}
        super().__init__(*args, **{**kwargs, "initial": given})
        self.call = call
        if call.state != Call.State.DRAFT:
            # Shown as it is: a value that is sent all the same is ignored.
            self.fields["opens_at"].disabled = True

    def clean_opens_at(self) -> datetime.datetime:
        return self._exact("opens_at")

    def clean_closes_at(self) -> datetime.datetime:
        return self._exact("closes_at")

    def _exact(self, name: str) -> datetime.datetime:
        """The field shows minutes: left alone, an instant such as 23:59:59 stays what it is."""
        given, stored = self.cleaned_data[name], getattr(self.call, name)
        return stored if given.replace(second=0) == stored.replace(second=0, microsecond=0) else given


class CloseForm(forms.Form):
    """Art. 6(1): before the deadline, only with a reason."""

    reason = forms.CharField(
        label=_("Why the call closes before its deadline"),
        help_text=_("It stays in the record of the call, and the board reads it."),
        widget=forms.Textarea({"rows": 3}),
        max_length=2000,
    )


class RankingFilter(forms.Form):
    """Filters of the ranking of a run; they stay in the address."""

    q = forms.CharField(label=_("Reference"), required=False, max_length=80)
    programme = forms.ModelChoiceField(
        Programme.objects.none(),
        to_field_name="code",
        label=_("Master programme"),
        required=False,
        empty_label=_("All"),
    )
    tier = forms.ChoiceField(label=_("Tier"), required=False)
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        required=False,
        choices=[
            ("", _("All")),
            ("placed", _("Placed")),
            ("unplaced", _("Without a place")),
            ("erasmus", _("With an Erasmus+ grant")),
            ("santander", _("With a Santander grant")),
            ("tied", _("Drawn by lot")),
        ],
    )

    def __init__(self, *args: Any, run: Run, names: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = run.entries.order_by().values("programme").distinct()
        self.fields["programme"].queryset = Programme.objects.filter(pk__in=here)  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["tier"].choices = [("", _("All")), *TIER_CHOICES]  # type: ignore[attr-defined]  # a ChoiceField
        if names:
            self.fields["q"].label = _("Reference, number or name")
