"""What the home page tells the office."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.models import Run
from mobility.agenda import Section, Task
from mobility.models import Call, User
from mobility.permissions import is_nmci
from scholarships import overviews, troubles


def office_tasks(user: User, now: datetime) -> Iterator[Task]:
    """Calls to close, runs to publish or repeat, and what is stuck; a fixed number of queries."""
    if not is_nmci.test(user):
        return
    for call in Call.objects.filter(state=Call.State.OPEN, closes_at__lte=now):
        yield Task(
            _("Close the call “%(call)s”") % {"call": call},
            reverse("close_call", args=[call.code]),
            _("Its deadline has passed: the ranking starts when it is closed."),
            due=call.closes_at,
        )
    yield from _of_runs()
    yield from _of_troubles()


def _of_runs() -> Iterator[Task]:
    newest: dict[int, Run] = {}
    for run in Run.objects.select_related("call").order_by("number"):
        newest[run.call_id] = run
    decided = [run for run in newest.values() if run.state == Run.State.DECIDED]
    for run_id, rows in overviews.waiting(decided).items():
        orphans = [row.programme.code for row in rows if not row.coordinators]
        if orphans:
            run = next(run for run in decided if run.pk == run_id)
            title = _("“%(call)s” can't go on: nobody coordinates %(codes)s")
            yield Task(title % {"call": run.call, "codes": ", ".join(orphans)}, reverse("office"))
    for run in newest.values():
        task = _of_run(run)
        if task is not None:
            yield task


def _of_run(run: Run) -> Task | None:
    named = {"call": run.call, "number": run.number}
    here = reverse("run", args=[run.public_id])
    again = reverse("run_call", args=[run.call.code])
    match run.state:
        case Run.State.HOMOLOGATED:
            return Task(_("Publish the result of “%(call)s”") % named, reverse("publish_run", args=[run.public_id]))
        case Run.State.RETURNED:
            return Task(_("Correct and run “%(call)s” again: the board returned it") % named, here)
        case Run.State.FAILED | Run.State.CANCELLED:
            return Task(_("Run “%(call)s” again: run %(number)s gave no result") % named, again)
        case Run.State.QUEUED | Run.State.RUNNING:
            return Task(_("“%(call)s” is being decided") % named, here, section=Section.WAITING)
        case Run.State.DECIDED:
            return Task(_("“%(call)s” waits for the coordinators") % named, here, section=Section.WAITING)
        case Run.State.CONFIRMED:
            return Task(_("“%(call)s” waits for the board") % named, here, section=Section.WAITING)
        case Run.State.PUBLISHED:
            text = _("“%(call)s” is published") % named
            return Task(text, here, due=run.published_at, section=Section.DONE)
    return None


def _of_troubles() -> Iterator[Task]:
    mail = troubles.mail_troubles()
    stuck = mail.failed + mail.late
    if stuck:
        title = ngettext("See why %(n)s e-mail did not leave", "See why %(n)s e-mails did not leave", stuck)
        yield Task(title % {"n": stuck}, reverse("office"))
    for job in troubles.failed_jobs():
        if job.kind != "run":
            yield Task(_("See why a job failed"), reverse("job", args=[job.public_id]), due=job.finished_at)
