"""How many grants there are (Art. 8(1), 9(1))."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from mobility.log import take_turn
from mobility.models import Scheme, User
from mobility.permissions import is_nmci
from mobility.workflow import record
from scholarships.models import Budget

CLAUSES = {Scheme.ERASMUS: "8.1", Scheme.SANTANDER: "9.1"}


@transaction.atomic
def set_budget(*, academic_year: int, kind: str, scheme: str, grants: int, source: str, by: User) -> Budget:
    """Say how many grants of a scheme there are in an academic year, and which document says so.

    A run that was already decided keeps the number in its own input. Raises PermissionDenied, or
    ValidationError when the source is missing or the number is not one.
    """
    if not is_nmci.test(by):
        raise PermissionDenied("set_budget")
    if not source.strip():
        raise ValidationError({"source": _("Say which document gives this number, for instance the dispatch.")})
    take_turn()
    stored = Budget.objects.select_for_update(no_key=True)
    budget = stored.filter(academic_year=academic_year, kind=kind, scheme=scheme).first()
    before = budget and {"grants": budget.grants, "source": budget.source}
    budget = budget or Budget(academic_year=academic_year, kind=kind, scheme=scheme)
    budget.grants, budget.source = grants, source.strip()
    budget.full_clean()
    budget.save()
    record(
        budget,
        "set_budget",
        clause=CLAUSES[Scheme(scheme)],
        data={"before": before, "grants": grants, "source": budget.source},
        by=by,
    )
    return budget
