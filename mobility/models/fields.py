"""Exact decimals stored as integers."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


class ExactField(models.BigIntegerField):
    """A Decimal with ``places`` digits after the point, stored as an integer number of its last digit.

    SQLite turns the sum of a DecimalField into a binary float; an integer column adds up exactly on
    both databases. A value with more digits than the field holds is refused, never rounded.
    """

    description = "Exact decimal"
    if TYPE_CHECKING:
        # What a row takes and gives, in the words of the Django type stubs.
        _pyi_private_set_type: Decimal | int | str  # type: ignore[assignment]  # the base takes floats
        _pyi_private_get_type: Decimal  # type: ignore[assignment]  # the base gives integers

    def __init__(self, *args: Any, places: int = 2, **kwargs: Any) -> None:
        self.places = places
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"places": self.places}

    def from_db_value(self, value: int | None, *_: Any) -> Decimal | None:
        return None if value is None else Decimal(int(value)).scaleb(-self.places)

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or isinstance(value, Decimal):
            return value
        try:
            return Decimal(str(value))
        except ArithmeticError as error:
            raise ValidationError(_("“%(value)s” is not a decimal number."), params={"value": value}) from error

    def get_prep_value(self, value: Any) -> int | None:
        number = self.to_python(value)
        if number is None:
            return None
        scaled = number.scaleb(self.places)
        if scaled != scaled.to_integral_value():
            raise ValidationError(
                _("“%(value)s” has more than %(places)s digits after the point."),
                params={"value": value, "places": self.places},
            )
        return int(scaled)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> int | None:
        return value if prepared else self.get_prep_value(value)

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        defaults: dict[str, Any] = {"form_class": forms.DecimalField, "decimal_places": self.places}
        return models.Field.formfield(self, **(defaults | kwargs))
