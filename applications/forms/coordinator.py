"""What coordinators fill in and how they filter."""

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from applications.models import Opinion
from mobility.templatetags.states import TIER_CHOICES


class CandidateFilters(forms.Form):
    """Filters and order of a programme's candidates; they live in the address, and a wrong one means none."""

    opinion = forms.ChoiceField(
        label=_("Opinion"),
        required=False,
        choices=[
            ("", _("All")),
            ("missing", _("Needed and missing")),
            ("given", _("Given")),
            ("favourable", _("Favourable")),
            ("unfavourable", _("Unfavourable")),
        ],
    )
    standing = forms.ChoiceField(
        label=_("Standing today"),
        required=False,
        choices=[("", _("All")), *TIER_CHOICES],
    )
    order = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[
            ("deciding", _("Opinion needed first")),
            ("average", _("Highest average")),
            ("credits", _("Most 1st-cycle ECTS")),
            ("name", _("Name")),
        ],
    )

    def chosen(self) -> dict[str, str]:
        """The arguments of ``applications.services.candidates.chosen``."""
        self.is_valid()
        return {
            "opinion": self.cleaned_data.get("opinion", ""),
            "standing": self.cleaned_data.get("standing", ""),
            "order": self.cleaned_data.get("order") or "deciding",
        }


class OpinionForm(forms.Form):
    """An opinion on one candidate, and why."""

    value = forms.ChoiceField(
        label=_("Opinion"),
        choices=Opinion.Value.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose favourable or unfavourable.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=2000,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept in the history of the application."),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class BulkOpinionForm(forms.Form):
    """The same opinion on the candidates that are ticked, or on the one whose own button was pressed.

    ``one`` is "value:application" from a button in a row; ``value`` comes from the buttons under the list;
    ``seen_<application>`` is the opinion that the row showed.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.value = ""
        self.applications: set[int] = set()
        self.seen: dict[int, int | None] = {}

    reason = forms.CharField(
        label=_("Reason, the same for all"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 1}),
    )

    def clean(self) -> dict[str, Any]:
        sent = cast(QueryDict, self.data)
        one = sent.get("one", "")
        if one:
            self.value, _colon, application = one.partition(":")
            ticked = [application]
        else:
            self.value, ticked = sent.get("value", ""), sent.getlist("application")
        if not ticked:
            raise forms.ValidationError(_("Tick the candidates first."))
        if self.value not in Opinion.Value.values or not all(number.isdecimal() for number in ticked):
            raise forms.ValidationError(_("Choose favourable or unfavourable."))
        self.applications = {int(number) for number in ticked}
        self.seen = {number: self._seen(number) for number in self.applications}
        return self.cleaned_data

    def _seen(self, application: int) -> int | None:
        shown = self.data.get(f"seen_{application}", "")
        return int(shown) if shown.isdecimal() else None
