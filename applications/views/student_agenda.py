"""What the home page tells a student: what to do, what they wait for, what is done."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from applications.models import Application, Run
from applications.views.sentences.fenix import problem_sentence
from mobility.agenda import Section, Task
from mobility.models import Call, FenixFetch, User
from mobility.permissions import is_student


def student_tasks(user: User, now: datetime) -> Iterator[Task]:
    """The person's applications, and the open calls in which they have none; three queries."""
    if not is_student.test(user):
        return
    applications = list(Application.objects.filter(student__user=user).select_related("call"))
    results = Run.objects.filter(state=Run.State.PUBLISHED, call__applications__student__user=user)
    published = dict(results.values_list("call_id", "published_at"))
    for application in applications:
        yield from _about(application, published.get(application.call_id), now)
    started = [application.call_id for application in applications]
    for call in Call.objects.accepting(now).exclude(pk__in=started):
        yield Task(
            title=_("Apply to %(call)s") % {"call": call},
            url=reverse("call", args=[call.code]),
            text=_("See whether you qualify, and where you can go."),
            due=call.closes_at,
        )


def fenix_tasks(user: User, now: datetime) -> Iterator[Task]:
    """What is missing before the portal has somebody's record from Fénix; one query."""
    url, student = reverse("record"), getattr(user, "student", None)
    if student is not None and not student.nationality:
        text = _("Fénix doesn't say it, and whether you can have a grant depends on it.")
        yield Task(title=_("Say your nationality"), url=url, text=text)
    fetch = user.fenix_fetches.first()
    if fetch is None:
        return
    if fetch.outcome == FenixFetch.Outcome.WAITING:
        yield Task(title=_("Your academic record, on its way from Fénix"), url=url, section=Section.WAITING)
    elif fetch.outcome == FenixFetch.Outcome.FAILED:
        yield Task(title=_("Bring your academic record from Fénix"), url=url, text=problem_sentence(fetch))
    elif fetch.problem:
        yield Task(title=_("See what is missing for your student file"), url=url, text=problem_sentence(fetch))


def _about(application: Application, published: datetime | None, now: datetime) -> Iterator[Task]:
    call, names = application.call, {"call": application.call}
    url = reverse("application", args=[application.public_id])
    accepting, submitted = call.accepts_at(now), application.state == Application.State.SUBMITTED
    if application.state == Application.State.DRAFT and accepting:
        text = _("The draft is saved, and nothing is submitted yet.")
        yield Task(title=_("Submit the application to %(call)s") % names, url=url, text=text, due=call.closes_at)
    elif submitted and application.draft and accepting:
        text = _("Until you submit them, the version that you submitted before counts.")
        yield Task(title=_("Submit your changes to %(call)s") % names, url=url, text=text, due=call.closes_at)
    elif submitted and published:
        why = reverse("why", args=[application.public_id])
        title = _("The result of %(call)s is published: see yours and why") % names
        yield Task(title=title, url=why, section=Section.DONE, due=published)
    elif submitted:
        text = _("You can change it until then.") if accepting else _("You will be told by e-mail.")
        due = call.closes_at if accepting else None
        title = _("Result of %(call)s, to which you applied") % names
        yield Task(title=title, url=url, text=text, due=due, section=Section.WAITING)
