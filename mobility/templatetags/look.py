"""The tags and filters behind templates/components/: icons, states in words, fields, time that is left."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mobility.models import LogEntry, Role, signature
from mobility.templatetags.states import ACTIONS, FAULTS, ICON_OF_TONE, THINGS, TIERS, TONES

register = template.Library()

# Simple shapes of our own, drawn with a 2-unit line on a grid of 24.
ICONS = {
    "check": "M5 12.5l4.5 4.5L19 7.5",
    "cross": "M6 6l12 12M18 6L6 18",
    "clock": "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M12 7.5V12l3 2",
    "warning": "M12 4L2.5 20h19zM12 10v4.5M12 17.5v.01",
    "info": "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M12 11v5.5M12 7.5v.01",
    "pencil": "M4 20l1-4.5L16 4.5l3.5 3.5L8.5 19zM13.5 7l3.5 3.5",
    "dot": "M12 8.5a3.5 3.5 0 1 0 0 7a3.5 3.5 0 1 0 0-7",
    "running": "M20 12a8 8 0 1 1-3-6.2M17.5 2v4h-4",
    "archive": "M4 5h16v4H4zM5.5 9v10h13V9M10 13h4",
    "up": "M12 19V5M6 11l6-6l6 6",
    "down": "M12 5v14M6 13l6 6l6-6",
    "left": "M19 12H5M11 6l-6 6l6 6",
    "right": "M5 12h14M13 6l6 6l-6 6",
    "plus": "M12 5v14M5 12h14",
    "minus": "M5 12h14",
    "download": "M12 4v11M6.5 10l5.5 5.5L17.5 10M5 20h14",
    "upload": "M12 16V5M6.5 10L12 4.5L17.5 10M5 20h14",
    "document": "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
    "printer": "M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z",
    "search": "M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13M15.5 15.5L20 20",
    "person": "M12 4a4 4 0 1 0 0 8a4 4 0 1 0 0-8M4.5 20.5c1-4 4-5.5 7.5-5.5s6.5 1.5 7.5 5.5",
    "hat": "M3 17.5c3 1.8 15 1.8 18 0M6.5 16l1.5-8.5c1.5-2 6.500-2 8 0L17.500 16",
    "lock": "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
    "place": "M12 21c4.5-5 6.5-8.3 6.5-11a6.5 6.5 0 0 0-13 0c0 2.7 2 6 6.5 11M12 8a2 2 0 1 0 0 4a2 2 0 1 0 0-4",
    "drag": "M9 6v.01M15 6v.01M9 12v.01M15 12v.01M9 18v.01M15 18v.01",
    "filter": "M4 6h16M7 12h10M10 18h4",
    "language": "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M3 12h18M12 3c3.5 3 3.5 15 0 18M12 3c-3.5 3-3.5 15 0 18",
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """An inline picture for the eye only: the word is always beside it."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="{}"/></svg>', ICONS[name]
    )


@register.inclusion_tag("components/badge.html")
def badge(tone: str, word: str, picture: str = "") -> dict[str, Any]:
    """A state in any words. Tones: good, wait, bad, info, quiet."""
    return {"tone": tone, "word": word, "icon_name": picture or ICON_OF_TONE[tone]}


@register.inclusion_tag("components/badge.html")
def state_badge(thing: Any) -> dict[str, Any]:
    """The state of an Application, Call, Run, Job or Message, in the words of its model."""
    tone, picture = TONES[thing.state]
    return {"tone": tone, "word": thing.get_state_display(), "icon_name": picture}


@register.inclusion_tag("components/badge.html")
def tier_badge(tier: str) -> dict[str, Any]:
    """What admission decided (Art. 5): admitted, vacancy, conditional, rejected."""
    tone, word, picture = TIERS[tier]
    return {"tone": tone, "word": word, "icon_name": picture}


@register.simple_tag
def tier_word(tier: str) -> str:
    """The same in words alone, for paper."""
    return str(TIERS[tier][1])


@register.inclusion_tag("components/breadcrumbs.html")
def breadcrumbs(*trail: Any) -> dict[str, Any]:
    """Label and address by turns, from the top; the last label stands alone and is this page."""
    pairs = list(zip(trail[:-1:2], trail[1::2], strict=True))
    return {"trail": pairs, "here": trail[-1]}


@register.filter
def happened(entry: LogEntry) -> str:
    """What the log entry says, in plain words."""
    model = entry.object_type.partition(".")[2]
    words = ACTIONS.get((model, entry.action)) or entry.action.replace("_", " ").capitalize()
    return str(words)


@register.filter
def kind(entry: LogEntry) -> str:
    """What kind of thing the log entry is about."""
    return str(THINGS.get(entry.object_type, entry.object_type.partition(".")[2]))


@register.filter
def fault(code: str) -> str:
    """How a row of the log fails, in words."""
    return str(FAULTS[code])


@register.filter
def signed(entry: LogEntry) -> str:
    """Who did it, in which role, and in whose place: "B, by delegation of A · Board member"."""
    return in_role(entry.actor, entry.role, entry.behalf_of) if entry.actor else _("the portal")


@register.simple_tag
def in_role(person: Any, role: str, behalf_of: Any = None) -> str:
    """A person with the role in which something was done, and in whose place."""
    name = signature(person, role, behalf_of)
    words = dict(Role.choices).get(role)
    return f"{name} · {words}" if words else name


@dataclass(frozen=True)
class Step:
    """One line of a timeline: one entry, or several of the same kind in a row, newest first."""

    entries: list[LogEntry]

    @property
    def newest(self) -> LogEntry:
        return self.entries[0]

    @property
    def oldest(self) -> LogEntry:
        return self.entries[-1]

    @property
    def words(self) -> str:
        if len(self.entries) == 1:
            about = self.newest.data.get("programme")
            return happened(self.newest) + (f": {about}" if about else "")
        if self.newest.action == "confirm_programme":
            return _("Rankings of %(n)d programmes confirmed") % {"n": len(self.entries)}
        return _("%(what)s (%(n)d times)") % {"what": happened(self.newest), "n": len(self.entries)}


@register.filter
def steps(entries: Iterable[LogEntry]) -> list[Step]:
    """The log as a timeline tells it: what was done many times running is told once."""
    alike = groupby(entries, key=lambda entry: (entry.object_type, entry.action, entry.clause, entry.reason))
    return [Step(list(group)) for _key, group in alike]


@register.filter
def widget(field: BoundField) -> SafeString:
    """The input alone, dressed for the portal; hints stand before a field here, never inside it."""
    kind = field.field.widget
    css = str(kind.attrs.get("class", ""))
    if isinstance(kind, RadioSelect | CheckboxSelectMultiple | CheckboxInput):
        css = f"{css} choice-input"
    elif isinstance(kind, Select):
        css = f"{css} form-select"
    else:
        css = f"{css} form-control"
    attrs: dict[str, Any] = {"class": css.strip()}
    if "placeholder" in kind.attrs:
        attrs["placeholder"] = False
    return field.as_widget(attrs=attrs)


@register.filter
def shape(field: BoundField) -> str:
    """How the field is laid out: hidden, choices (a group), choice (one box), or line."""
    kind = field.field.widget
    if field.is_hidden:
        return "hidden"
    if field.use_fieldset:
        return "choices"
    return "choice" if isinstance(kind, CheckboxInput) else "line"


@register.filter
def time_left(until: datetime, now: datetime | None = None) -> str:
    """How long there is still, in the two largest units: 3 days and 4 hours left."""
    minutes = int((until - (now or timezone.now())).total_seconds() // 60)
    if minutes < 0:
        return _("the time is over")
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    in_hours = ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    if days:
        leading = days
        parts = [ngettext("%(n)d day", "%(n)d days", days) % {"n": days}, in_hours if hours and days < 7 else ""]
    else:
        leading = hours or minutes
        in_minutes = ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
        parts = [in_hours if hours else "", in_minutes if minutes or not hours else ""]
    time = _(" and ").join(part for part in parts if part)
    return ngettext("%(time)s left", "%(time)s left", leading) % {"time": time}


@register.simple_tag
def urgency(task: Any, now: datetime) -> str:
    """``overdue``, ``urgent`` or nothing, for a Task of the home page."""
    return str(task.urgency(now))


@register.filter
def anchor(field: BoundField) -> str:
    """Where the error summary's link goes: the input itself, or the first of a group."""
    if field.use_fieldset:
        first = next(iter(field.subwidgets), None)
        return first.id_for_label if first is not None and first.id_for_label else str(field.auto_id)
    return str(field.id_for_label)
