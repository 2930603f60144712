"""How readers of a published result filter it."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from applications.models import Entry, Run
from mobility.models import Destination, Programme
from mobility.templatetags.states import TIER_CHOICES


class ResultFilters(forms.Form):
    """Filters of the public list; they live in the address, and one that means nothing filters nothing."""

    reference = forms.CharField(label=_("Reference"), required=False, max_length=20)
    programme = forms.ModelChoiceField(
        label=_("Programme"),
        required=False,
        queryset=Programme.objects.none(),
        to_field_name="code",
        empty_label=_("All"),
    )
    destination = forms.ModelChoiceField(
        label=_("Destination"), required=False, queryset=Destination.objects.none(), empty_label=_("All")
    )
    tier = forms.ChoiceField(
        label=_("Admission"),
        required=False,
        choices=[("", _("All")), *TIER_CHOICES],
    )

    def __init__(self, *args: Any, run: Run, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        programmes = run.entries.order_by().values("programme").distinct()
        self._choose("programme", Programme.objects.filter(pk__in=programmes))
        self._choose("destination", run.call.destinations.select_related("institution"))

    def _choose(self, name: str, options: QuerySet[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = options

    def applied(self, entries: QuerySet[Entry]) -> QuerySet[Entry]:
        """The entries that fit; a reference also without its hyphen and in small letters."""
        self.is_valid()
        chosen = self.cleaned_data
        reference = chosen.get("reference", "").strip().upper().replace("-", "")
        if reference:
            entries = entries.filter(application__reference=f"{reference[:4]}-{reference[4:]}")
        wanted = {
            name: chosen[field]
            for name, field in (("programme", "programme"), ("placement", "destination"), ("tier", "tier"))
            if chosen.get(field)
        }
        return entries.filter(Q(**wanted))
