"""Who can do what on a day, and why: one list, and what is missing in it (Art. 2)."""

import datetime
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mobility.models import DepartmentHomologation, Membership, Programme, Role, User
from mobility.models.memberships import midnight_after
from mobility.spreadsheets import workbook

# A coordinator whose days end within this much has a successor to be proposed.
SOON = datetime.timedelta(days=30)


@dataclass(frozen=True)
class Holder:
    """One role of one person on the day that is asked about, and the sentence that says why."""

    membership: Membership
    why: str

    @property
    def until(self) -> datetime.date | None:
        return self.membership.ends_on


def holders(viewer: User, on: datetime.date, *, role: str = "", programme: str = "", name: str = "") -> list[Holder]:
    """Those that the viewer may see, by role and programme; three queries, however many there are."""
    found = (
        Membership.objects.visible_to(viewer)
        .held(on)
        .filter(user__is_active=True)
        .select_related("user", "programme", "department", "on_behalf_of", "given_by", "revoked_by", "appointment")
        .prefetch_related("appointment__homologations__department", "appointment__homologations__by")
        .order_by("role", "programme__code", "on_behalf_of_id", "user__name")
    )
    if role:
        found = found.filter(role=role)
    if programme:
        found = found.filter(programme__code=programme)
    if name:
        found = found.filter(Q(user__name__icontains=name) | Q(user__email__icontains=name))
    order = list(Role.values)
    return sorted((Holder(row, why(row)) for row in found), key=lambda holder: order.index(holder.membership.role))


def why(membership: Membership) -> str:
    """Where the role comes from: an appointment, a delegation, an absence, an administrator, the setting up."""
    given = {
        "who": membership.given_by or "",
        "name": membership.on_behalf_of or "",
        "day": date_format(membership.given_at, "DATE_FORMAT"),
    }
    appointment = getattr(membership, "appointment", None)
    if appointment is not None:
        text = _("Proposed by %(proposer)s (%(document)s). Homologated: %(signed)s.") % {
            "proposer": appointment.proposed_by,
            "document": appointment.document,
            "signed": "; ".join(_signed(appointment.homologations.all())),
        }
    elif membership.is_delegation:
        powers = {"powers": ", ".join(membership.power_names)}
        text = _("By delegation of %(name)s, given on %(day)s: %(powers)s.") % (given | powers)
    elif membership.is_substitution:
        text = _("Substitute of %(name)s, named by %(who)s on %(day)s.") % given
    elif membership.given_by is not None:
        text = _("Given by %(who)s on %(day)s.") % given
    else:
        text = _("Given on %(day)s by whoever runs the portal.") % given
    return f"{text} {membership.reason}".strip() if membership.reason and appointment is None else text


def _signed(rows: Iterable[DepartmentHomologation]) -> Iterator[str]:
    for row in rows:
        yield f"{row.by} ({row.department}), {date_format(row.at, 'DATE_FORMAT')}"


@dataclass(frozen=True)
class Gap:
    """A programme without coordinator on the day (``ends_on`` None), or whose last one's days end soon."""

    programme: Programme
    ends_on: datetime.date | None = None


def gaps(viewer: User, on: datetime.date) -> list[Gap]:
    """The viewer's programmes that have, or will soon have, nobody of their own; those without first; two queries."""
    programmes = Programme.objects.all()
    if viewer.department_ids:
        programmes = programmes.of_departments(viewer.department_ids)
    days: dict[int | None, list[tuple[datetime.date, datetime.date]]] = defaultdict(list)
    rows = Membership.objects.own().filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on),
        Q(revoked_at__isnull=True) | Q(revoked_at__gte=midnight_after(on)),
        role=Role.COORDINATOR,
        user__is_active=True,
    )
    for programme, starts, ends in rows.values_list("programme", "starts_on", "ends_on"):
        days[programme].append((starts, ends or datetime.date.max))
    found = [Gap(each, last) for each in programmes for last in [_covered_until(days[each.pk], on)]
             if last is None or last <= on + SOON]  # fmt: skip
    return sorted(found, key=lambda gap: (gap.ends_on or datetime.date.min, gap.programme.code))


def _covered_until(days: list[tuple[datetime.date, datetime.date]], on: datetime.date) -> datetime.date | None:
    """The last day without a break from ``on`` on which somebody coordinates; None: nobody does on that day."""
    covered = None
    for starts, ends in sorted(days):
        if starts <= (on if covered is None else _next(covered)):
            covered = max(covered or ends, ends)
    return covered


def _next(day: datetime.date) -> datetime.date:
    return day if day == datetime.date.max else day + datetime.timedelta(days=1)


def sheet(rows: Iterable[Holder], on: datetime.date) -> IO[bytes]:
    """The list as XLSX. The caller closes the file, which is then gone."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  # handed to the response, which closes it
    book = workbook(file)
    page = book.add_worksheet(on.isoformat())
    page.freeze_panes(1, 0)
    page.set_column(0, 8, 24)
    bold = book.add_format({"bold": True})
    titles = [_("Role"), _("Programme or department"), _("Name"), _("E-mail"), _("In whose place"), _("From"),
              _("Until"), _("Why")]  # fmt: skip
    for column, title in enumerate(titles):
        page.write_string(0, column, title, bold)
    for index, row in enumerate(rows, start=1):
        for column, value in enumerate(_cells(row)):
            page.write_string(index, column, value)
    book.close()
    file.seek(0)
    return file


def _cells(row: Holder) -> list[str]:
    held = row.membership
    return [
        held.get_role_display(),
        held.scope,
        held.user.name,
        held.user.email,
        held.standing_in,
        held.starts_on.isoformat(),
        held.ends_on.isoformat() if held.ends_on else "",
        row.why,
    ]
