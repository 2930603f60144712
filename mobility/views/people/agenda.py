"""What the home page tells about people and their roles."""

import datetime
from collections.abc import Iterator

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mobility.agenda import Section, Task
from mobility.models import Appointment, Membership, Role, User
from mobility.permissions import is_administrator, is_coordinator, is_department, is_nmci
from mobility.services import who_can

# Delegations and substitutions are announced this long before their last day.
SOON = datetime.timedelta(days=7)


def people_tasks(user: User, now: datetime.datetime) -> Iterator[Task]:
    """Each role's own; a fixed number of queries."""
    today = timezone.localdate(now)
    if is_department.test(user):
        yield from _to_homologate(user)
    if is_nmci.test(user):
        yield from _of_office(user, today)
    if user.holds_itself(Role.BOARD):
        yield from _stand_ins(user, Role.BOARD, today)
    if is_coordinator.test(user):
        yield from _stand_ins(user, Role.COORDINATOR, today)
        yield from _conflicts(user)
    if is_administrator.test(user):
        yield from _without_department()


def _to_homologate(user: User) -> Iterator[Task]:
    waiting = Appointment.objects.visible_to(user).filter(state=Appointment.State.PROPOSED)
    mine = waiting.exclude(homologations__department__in=user.department_ids).select_related("programme")
    for each in mine:
        yield Task(
            _("Homologate or return: %(name)s, coordinator of %(programme)s")
            % {"name": each.name, "programme": each.programme},
            reverse("appointment", args=[each.public_id]),
            _("From %(starts)s to %(ends)s.")
            % {"starts": date_format(each.starts_on, "DATE_FORMAT"), "ends": date_format(each.ends_on, "DATE_FORMAT")},
        )


def _of_office(user: User, today: datetime.date) -> Iterator[Task]:
    for each in Appointment.objects.filter(state__in=["returned", "proposed"]).select_related("programme"):
        here = reverse("appointment", args=[each.public_id])
        named = {"name": each.name, "programme": each.programme}
        if each.state == Appointment.State.RETURNED:
            yield Task(
                _("Correct the proposal of %(name)s for %(programme)s: it was returned") % named, here, each.reasons
            )
        else:
            waits = _("%(programme)s: %(name)s waits for the department") % named
            yield Task(waits, here, section=Section.WAITING)
    gaps = who_can.gaps(user, today)
    without = [gap.programme.code for gap in gaps if gap.ends_on is None]
    ending = [gap.programme.code for gap in gaps if gap.ends_on is not None]
    if without:
        title = ngettext(
            "Have a coordinator proposed: %(n)d programme has none",
            "Have coordinators proposed: %(n)d programmes have none",
            len(without),
        )
        yield Task(title % {"n": len(without)}, reverse("people"), ", ".join(without))
    if ending:
        title = ngettext(
            "The coordinator of %(n)d programme leaves within 30 days",
            "The coordinators of %(n)d programmes leave within 30 days",
            len(ending),
        )
        yield Task(title % {"n": len(ending)}, reverse("people"), ", ".join(ending))


def _stand_ins(user: User, role: str, today: datetime.date) -> Iterator[Task]:
    """Who acts in one's place now, and when that ends."""
    found: QuerySet[Membership] = Membership.objects.in_force(today).filter(role=role, on_behalf_of=user)
    for each in found.select_related("user", "programme"):
        last = date_format(each.ends_on, "DATE_FORMAT")
        named = {"name": each.user, "scope": each.scope, "day": last}
        if each.is_delegation:
            title = _("%(name)s acts by your delegation until %(day)s") % named
        else:
            title = _("%(name)s is your substitute in %(scope)s until %(day)s") % named
        ends_soon = each.ends_on is not None and each.ends_on <= today + SOON
        text = _("It ends by itself; give it again if it should go on.") if ends_soon else ""
        yield Task(title, reverse("membership", args=[each.public_id]), text, section=Section.WAITING)


def _conflicts(user: User) -> Iterator[Task]:
    count = len(user.conflicting_student_ids)
    if count:
        title = ngettext(
            "You have a conflict of interest with %(n)d candidate: others act",
            "You have conflicts of interest with %(n)d candidates: others act",
            count,
        )
        yield Task(title % {"n": count}, reverse("conflicts"), section=Section.WAITING)


def _without_department() -> Iterator[Task]:
    holders = Membership.objects.in_force(timezone.localdate()).filter(role=Role.DEPARTMENT)
    if holders.filter(department__isnull=True).exists():
        yield Task(
            _("Say of which department: somebody has the role without one, and can't homologate"),
            reverse("people") + "?role=department",
        )
