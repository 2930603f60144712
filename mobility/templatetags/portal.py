"""How the portal writes figures, instants and clauses; loaded in every template."""

from datetime import datetime
from decimal import Decimal

from django import template
from django.template.defaulttags import CsrfTokenNode
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()


class FormNode(CsrfTokenNode):
    """What every form carries: the token, and the role under which it is shown, for whoever has several."""

    def render(self, context: template.Context) -> SafeString:
        shown_as = context.get("shown_as", "")
        role = format_html('<input type="hidden" name="shown_as" value="{}">', shown_as) if shown_as else ""
        return format_html("{}{}", super().render(context), role)


@register.tag("csrf_token")
def csrf_token(_parser: template.base.Parser, _token: template.base.Token) -> FormNode:
    return FormNode()


@register.filter
def decimal2(value: Decimal | str | None) -> str:
    """An average or a grade, to the hundredth: 14,53."""
    return "–" if value in (None, "") else number_format(Decimal(str(value)), 2)


@register.filter
def ects(value: Decimal | str | None) -> str:
    """Credits without needless zeros: 7,5."""
    if value in (None, ""):
        return "–"
    number = Decimal(str(value)).normalize()
    places = max(0, -int(number.as_tuple().exponent))
    return number_format(number, places)


@register.filter
def lisbon(value: datetime | None) -> str:
    """An instant with its zone: 20 nov 2026, 23:59 (Lisboa)."""
    if value is None:
        return "–"
    zone = _("Lisbon")
    return f"{date_format(timezone.localtime(value), 'DATETIME_FORMAT')} ({zone})"


@register.simple_tag
def clause(number: str) -> SafeString:
    """A clause as prose cites it: 8.6.d becomes Art. 8(6)(d)."""
    head, *rest = number.split(".")
    label = f"Anexo ({rest[0]})" if head == "A" else f"Art. {head}" + "".join(f"({part})" for part in rest)
    return format_html('<span class="clause">{}</span>', label)
