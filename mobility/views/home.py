"""The first page: for visitors what this is, for those signed in what they must do."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from applications.models import Run
from applications.views.coordinator_agenda import coordinator_tasks
from applications.views.student_agenda import fenix_tasks, student_tasks
from mobility.agenda import Provider, gather
from mobility.models import Call, User
from mobility.views.correction_agenda import correction_tasks
from mobility.views.log_agenda import log_tasks
from mobility.views.people.agenda import people_tasks
from scholarships.views.agenda import office_tasks
from scholarships.views.board_agenda import board_tasks

# Who puts items on the home page. Each takes the person and the instant, and gives nothing to those it isn't for.
PROVIDERS: tuple[Provider, ...] = (
    student_tasks,
    fenix_tasks,
    coordinator_tasks,
    office_tasks,
    board_tasks,
    people_tasks,
    log_tasks,
    correction_tasks,
)


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    context = {"now": now, "open_calls": Call.objects.accepting(now).order_by("closes_at")}
    if not isinstance(request.user, User):
        published = Call.objects.public().filter(runs__state=Run.State.PUBLISHED)
        return render(request, "welcome.html", context | {"published_calls": published})
    return render(request, "home.html", context | {"agenda": gather(PROVIDERS, request.user, now)})
