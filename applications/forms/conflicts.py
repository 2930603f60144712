"""What is typed about a conflict of interest."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mobility.models import User


class ConflictForm(forms.Form):
    """Which interest there is; the office also says whose."""

    coordinator = forms.ModelChoiceField(
        label=_("Coordinator"),
        queryset=User.objects.none(),
        error_messages={"required": _("Choose the coordinator."), "invalid_choice": _("Choose the coordinator.")},
    )
    reason = forms.CharField(
        label=_("Which interest there is"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For instance: a relative, or the supervisor of the dissertation. Candidates don't read it."),
        error_messages={"required": _("Say which interest there is.")},
    )

    def __init__(self, *args: Any, coordinators: QuerySet[User] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["coordinator"]
        assert isinstance(field, forms.ModelChoiceField)
        if coordinators is None:
            del self.fields["coordinator"]
        else:
            field.queryset = coordinators
