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


# Who sees how calls and runs are getting on, without being a party to them.
sees_operations = is_nmci | is_board | is_auditor
