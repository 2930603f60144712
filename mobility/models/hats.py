"""Roles, what a delegation covers, and the one role that a person has in use ("hat")."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from mobility.models.memberships import Membership
    from mobility.models.people import User

STUDENT = "student"


class Role(models.TextChoices):
    COORDINATOR = "coordinator", _("Mobility coordinator")
    DEPARTMENT = "department", _("Department")
    NMCI = "nmci", _("Mobility office (NMCI)")
    BOARD = "board", _("Board member for International Affairs")
    SCIENTIFIC_COUNCIL = "scientific_council", _("Scientific Council")
    ACADEMIC_OFFICE = "academic_office", _("Academic office")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


class Power(models.TextChoices):
    """What the board member may delegate, one by one (Art. 2(1))."""

    HOMOLOGATE = "homologate", _("Homologate or return results (Art. 3(1)(b))")
    EXCEPTIONS = "exceptions", _("Decide exceptional admissions (Art. 5(5))")
    PLACES = "places", _("Approve the programmes' places (Art. 5(7))")
    DISPATCHES = "dispatches", _("Sign dispatches (Art. 2(4))")
    SANCTIONS = "sanctions", _("Decide sanctions")


@dataclass(frozen=True)
class Acting:
    """In which role a person acts, and for whom: what the record says beside the name (Art. 2(1))."""

    role: str = ""
    behalf_of: "User | None" = None


@dataclass(frozen=True)
class Hat:
    """A role that a person can have in use: one's own, or in the place of somebody.

    One hat for all programmes of a coordinator, and one for each person in whose place one stands. ``memberships`` are
    those in force today that give it; a student's hat has none.
    """

    role: str
    behalf_of: "User | None" = None
    memberships: tuple["Membership", ...] = ()

    @property
    def key(self) -> str:
        """What the session and a form know it by."""
        return f"{self.role}.{self.behalf_of.pk}" if self.behalf_of else self.role

    @property
    def name(self) -> str:
        return str(gettext("Student")) if self.role == STUDENT else str(Role(self.role).label)

    @property
    def standing_in(self) -> str:
        """For whom, in words: "by delegation of X", "as substitute of X"; nothing for one's own role."""
        return standing_in(self.role, self.behalf_of)

    @property
    def scope(self) -> str:
        """The programmes or departments that it is about."""
        return ", ".join(sorted({m.scope for m in self.memberships if m.scope}))

    @property
    def ends_on(self) -> datetime.date | None:
        """The last day of all of it; None: no day is set."""
        days = [m.ends_on for m in self.memberships]
        return max((day for day in days if day), default=None) if all(days) else None

    @property
    def power_names(self) -> list[str]:
        """What a delegate may do, in words."""
        given = {power for membership in self.memberships for power in membership.powers}
        return [str(label) for power, label in Power.choices if power in given]

    def __str__(self) -> str:
        return f"{self.name} ({self.standing_in})" if self.behalf_of else self.name


# Somebody with several who hasn't chosen yet: may do what anybody may.
NO_HAT = Hat("")


def standing_in(role: str, behalf_of: Any) -> str:
    """How an act in somebody's place is told: a delegate's (Art. 2(1)), or a coordinator's substitute's."""
    if behalf_of is None:
        return ""
    words = gettext("by delegation of %(name)s") if role == Role.BOARD else gettext("as substitute of %(name)s")
    return words % {"name": behalf_of}


def signature(by: Any, role: str, behalf_of: Any) -> str:
    """A name as it stands under an act: "B, by delegation of A"."""
    return f"{by}, {standing_in(role, behalf_of)}" if behalf_of else str(by)


def hats_of(memberships: Iterable["Membership"], *, student: bool) -> list[Hat]:
    """One's file first, then one's own roles, then those in somebody's place."""
    order = list(Role.values)

    def key(membership: "Membership") -> tuple[int, int]:
        return membership.on_behalf_of_id or 0, order.index(membership.role)

    found = [Hat(STUDENT)] if student else []
    for _key, group in groupby(sorted(memberships, key=key), key=key):
        rows = tuple(group)
        found.append(Hat(rows[0].role, rows[0].on_behalf_of, rows))
    return found
