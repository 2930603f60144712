"""Ask for the documents of a run; a worker makes them (``scholarships.services.documents``)."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from applications.models import Run
from mobility.log import take_turn
from mobility.models import Job, User
from mobility.permissions import is_nmci, is_portal
from mobility.services import jobs
from mobility.workflow import record

KIND = "documents"


@transaction.atomic
def note_names_taken(*, run: Run, by: User) -> None:
    """Somebody takes the ranking away with the candidates' names: that is in the run's history."""
    record(run, "export_names", by=by)


@transaction.atomic
def request_documents(*, run: Run, by: User | None) -> Job:
    """Have the lists and the minutes made, or made again, as the run stands when the worker gets to it.

    A request that already waits is enough. Raises PermissionDenied.
    """
    if not (is_nmci | is_portal).test(by):
        raise PermissionDenied("make_documents")
    take_turn()
    Run.objects.select_for_update(no_key=True).get(pk=run.pk)
    alive = Job.objects.filter(kind=KIND, subject_id=run.pk, state__in=[Job.State.QUEUED, Job.State.RUNNING]).first()
    if alive is not None:
        return alive
    record(run, "request_documents", clause="2.2", by=by)
    return jobs.start(kind=KIND, subject_id=run.pk, by=by)
