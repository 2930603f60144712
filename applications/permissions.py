"""Who may act on applications and runs."""

from typing import Any

from rules import Predicate, predicate

from mobility.permissions import coordinates_programme, homologates_results, is_nmci, is_portal

__all__ = ["coordinates_a_programme_of", "coordinates_programme", "homologates_results", "is_nmci", "is_portal", "owns"]


@predicate
def owns(user: Any, application: Any) -> bool:
    """The application is the person's own, who acts as the student."""
    return user is not None and application.student.user_id == user.pk and user.is_student


def _coordinates_one(user: Any, run: Any) -> bool:
    return user is not None and run.entries.filter(programme_id__in=user.coordinated_programme_ids).exists()


coordinates_a_programme_of = Predicate(_coordinates_one, name="coordinates_a_programme_of")
