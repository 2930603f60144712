"""Who may: predicates over the person, and over the person and a thing.

Predicates answer "may I do it now?" (no: 403). "May I see it?" is ``visible_to`` on the models (no: 404).
"""

from typing import Any

from rules import Predicate, predicate

from mobility.models import Power, Role, User, holds


def _holder_of(role: Role) -> Predicate:
    return Predicate(lambda user: holds(user, role), name=f"holds_{role.value}")


is_coordinator = _holder_of(Role.COORDINATOR)
is_nmci = _holder_of(Role.NMCI)
is_board = _holder_of(Role.BOARD)
is_auditor = _holder_of(Role.AUDITOR)
is_administrator = _holder_of(Role.ADMINISTRATOR)
is_department = _holder_of(Role.DEPARTMENT)

# The portal itself: a task that acts on nobody's click.
is_portal = Predicate(lambda user: user is None, name="is_portal")


@predicate
def is_student(user: Any) -> bool:
    """Acts for a file of one's own: has one, and no other role in use."""
    return isinstance(user, User) and user.is_student


# The board member, or a delegate whose delegation says so (Art. 2(1)).
homologates_results = Predicate(
    lambda user: isinstance(user, User) and user.has_power(Power.HOMOLOGATE), name="is_board_or_delegate"
)


@predicate
def coordinates_programme(user: Any, thing: Any) -> bool:
    """The thing is a programme, or has one, that the person coordinates today (Art. 2(3))."""
    programme_id = getattr(thing, "programme_id", None) or thing.pk
    return holds(user, Role.COORDINATOR) and programme_id in user.coordinated_programme_ids


@predicate
def homologates_for(user: Any, appointment: Any) -> bool:
    """Of a department that is responsible for the programme, and not the person proposed (Art. 2(3))."""
    if not isinstance(user, User) or user.email == appointment.email:
        return False
    return bool(user.department_ids & {department.pk for department in appointment.programme.departments})


@predicate
def may_end(user: Any, membership: Any) -> bool:
    """The delegator; the one stood in for; office and department of a coordinator; the administrator of other roles."""
    if not isinstance(user, User):
        return False
    if membership.is_delegation:
        return membership.on_behalf_of_id == user.pk and user.holds_itself(Role.BOARD)
    if membership.is_substitution:
        mine = membership.on_behalf_of_id == user.pk and user.holds_itself(Role.COORDINATOR)
        return mine or user.has_role(Role.NMCI)
    if membership.role == Role.COORDINATOR:
        theirs = user.department_ids & {department.pk for department in membership.programme.departments}
        return user.has_role(Role.NMCI) or bool(theirs)
    return user.has_role(Role.ADMINISTRATOR)


# Who sees who can do what.
sees_people = is_nmci | is_board | is_auditor | is_administrator | is_department
# Who reads the log; what of it, ``LogEntry.objects.visible_to`` says.
reads_log = is_auditor | is_administrator

# Who sees how calls and runs are getting on, without being a party to them.
sees_operations = is_nmci | is_board | is_auditor
# Who sees what is kept about people for how long, in numbers.
sees_retention = is_nmci | is_auditor | is_administrator


@predicate
def is_about(user: Any, thing: Any) -> bool:
    """The thing is about the person."""
    return user is not None and thing.user_id == user.pk
