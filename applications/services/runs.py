"""What people do with a decided run: confirm, homologate or return, publish (Art. 3(1)(b), 3(3)(a))."""

import logging
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import Confirmation, Homologation, Run
from applications.permissions import homologates_results
from applications.services import case_files, notices
from applications.services.documents import request_documents
from applications.services.rankings import barred
from applications.workflow import RUN
from mobility.log import head, take_turn
from mobility.models import Call, Programme, Role, User
from mobility.permissions import coordinates_programme
from mobility.workflow import TransitionRefused, advance, record

logger = logging.getLogger(__name__)


def programmes_to_confirm(run: Run) -> QuerySet[Programme]:
    """The programmes with candidates whose coordinators have not confirmed the ranking yet."""
    return Programme.objects.filter(pk__in=run.entries.order_by().values("programme").distinct()).exclude(
        pk__in=run.confirmations.order_by().values("programme")
    )


@transaction.atomic
def confirm_ranking(*, run: Run, programme: Programme, by: User) -> Confirmation:
    """Confirm the computed ranking of one programme, as `confirm_rankings` does of several."""
    confirm_rankings(run=run, programmes=[programme], by=by)
    return run.confirmations.get(programme=programme)


@transaction.atomic
def confirm_rankings(*, run: Run, programmes: Iterable[Programme], by: User) -> list[Confirmation]:
    """Confirm the computed rankings of one's programmes; the last programme of a run passes it on to the board.

    All or none; gives the new confirmations, what is confirmed already stays as it is. Raises PermissionDenied (not
    one's programme today, or one without candidates in the run), TransitionRefused (the run isn't waiting for them,
    or the person has a conflict of interest with a candidate).
    """
    asked = {programme.pk: programme for programme in programmes}
    with_candidates = set(run.entries.filter(programme__in=asked).order_by().values_list("programme", flat=True))
    if with_candidates != set(asked) or not all(coordinates_programme.test(by, each) for each in asked.values()):
        raise PermissionDenied("confirm")
    _refuse_conflicts(run, asked, by)
    # Two coordinators confirm the last two programmes at once: whoever comes second sees the other's row.
    _lock(run)
    earlier = set(run.confirmations.values_list("programme", flat=True))
    new = [
        Confirmation(run=run, programme=asked[pk], by=by, on_behalf_of=by.stands_in_for(Role.COORDINATOR, pk))
        for pk in asked
        if pk not in earlier
    ]
    if not new:
        return []
    if run.state != Run.State.DECIDED:
        raise TransitionRefused(
            _("This ranking no longer waits for confirmation: the run is now “%(state)s”.")
            % {"state": run.get_state_display()}
        )
    for confirmation in new:
        confirmation.save()
        record(run, "confirm_programme", clause="3.3.a", data={"programme": confirmation.programme.code}, by=by)
    if not programmes_to_confirm(run).exists():
        advance(RUN, run, "confirm", by=by)
        notices.tell_board(run)
    return new


def _refuse_conflicts(run: Run, asked: dict[int, Programme], by: User) -> None:
    """Whoever has declared a conflict of interest with a candidate doesn't vouch for the ranking with that one."""
    programmes = [asked[pk] for _run, pk in sorted(barred([run], by)) if pk in asked]
    if programmes:
        raise TransitionRefused(
            _(
                "Nothing was confirmed: you have declared a conflict of interest with a candidate of %(programmes)s. "
                "Another coordinator or a substitute confirms it; if there is nobody, ask the mobility office (NMCI) "
                "to name a substitute."
            )
            % {"programmes": ", ".join(map(str, programmes))}
        )


@transaction.atomic
def homologate(*, run: Run, decision_sha256: str, by: User) -> Homologation:
    """The board homologates the decision whose hash was on the screen (Art. 3(1)(b)).

    A second press of the same person changes nothing. Raises PermissionDenied, TransitionRefused (another hash than
    the stored one, files that no longer have their hashes, or the run doesn't wait for the board).
    """
    done = _judged(run, Homologation.Verdict.HOMOLOGATED, by)
    if done is not None:
        return done
    if decision_sha256 != run.decision_sha256:
        raise TransitionRefused(
            _(
                "Nothing was homologated: the decision stored now is not the one that was on the screen. "
                "Read the page again before homologating."
            )
        )
    if RUN.allows(by, "homologate", run):
        _refuse_damaged(run)
    verdict = Homologation(
        run=run,
        verdict=Homologation.Verdict.HOMOLOGATED,
        decision_sha256=decision_sha256,
        by=by,
        on_behalf_of=by.stands_in_for(Role.BOARD),
    )
    advance(RUN, run, "homologate", data={"decision_sha256": decision_sha256}, by=by)
    verdict.log_number, verdict.log_head = head()
    verdict.save()
    notices.tell_office("run_homologated", run)
    # The lists and the minutes say how the run stands: a worker makes them anew at each of these steps.
    request_documents(run=run, by=None)
    return verdict


@transaction.atomic
def return_run(*, run: Run, reasons: str, by: User) -> Homologation:
    """The board returns the run to the office, saying why (Art. 3(1)(b)).

    Raises ValidationError (no reasons), PermissionDenied, TransitionRefused.
    """
    reasons = reasons.strip()
    if not reasons:
        raise ValidationError(_("Say why the run is returned: the office acts on these reasons."))
    done = _judged(run, Homologation.Verdict.RETURNED, by)
    if done is not None:
        return done
    verdict = Homologation(
        run=run,
        verdict=Homologation.Verdict.RETURNED,
        reasons=reasons,
        decision_sha256=run.decision_sha256,
        by=by,
        on_behalf_of=by.stands_in_for(Role.BOARD),
    )
    advance(RUN, run, "return", reason=reasons, data={"decision_sha256": run.decision_sha256}, by=by)
    verdict.log_number, verdict.log_head = head()
    verdict.save()
    notices.tell_office("run_returned", run)
    return verdict


@transaction.atomic
def publish(*, run: Run, by: User) -> Run:
    """Publish a homologated run and queue the news to every candidate; an earlier published run is superseded.

    A second press changes nothing. Raises PermissionDenied, TransitionRefused (not homologated, not the decision that
    the board signed, or files that no longer have their hashes).
    """
    take_turn()
    # One call, one published run: the call's row decides who goes first.
    Call.objects.select_for_update(no_key=True).get(pk=run.call_id)
    run.refresh_from_db()
    if run.state == Run.State.PUBLISHED and RUN["publish"].who.test(by, run):
        return run
    if not RUN.allows(by, "publish", run):
        # advance() words the refusal; before it nothing may have been superseded.
        advance(RUN, run, "publish", by=by)
    _refuse_unsigned(run)
    _refuse_damaged(run)
    earlier = Run.objects.filter(call_id=run.call_id, state=Run.State.PUBLISHED).first()
    if earlier is not None:
        advance(RUN, earlier, "supersede", data={"by_run": run.number}, by=by)
    run.published_at = timezone.now()
    advance(RUN, run, "publish", data={"supersedes": earlier.number if earlier else None}, by=by)
    notices.tell_candidates(run)
    request_documents(run=run, by=None)
    return run


def _refuse_damaged(run: Run) -> None:
    """What is homologated and published is what was decided: the stored bytes are hashed again each time."""
    if case_files.damaged(run):
        logger.error("run %s: the stored files no longer have the run's SHA-256", run)
        raise TransitionRefused(
            _(
                "Nothing was done: the stored case or decision no longer has the SHA-256 that was recorded when the "
                "run was decided, so it has been altered or damaged. Tell whoever runs the portal, who can restore "
                "it from a backup; or have the office run the call again."
            )
        )


def _refuse_unsigned(run: Run) -> None:
    signed = Homologation.objects.filter(run=run, verdict=Homologation.Verdict.HOMOLOGATED)
    if not signed.filter(decision_sha256=run.decision_sha256).exists():
        logger.error("run %s: not the decision that the board homologated", run)
        raise TransitionRefused(
            _(
                "Nothing was published: this is not the decision that the board homologated. Tell whoever runs the "
                "portal, or run the call again."
            )
        )


def _lock(run: Run) -> None:
    take_turn()
    Run.objects.select_for_update(no_key=True).get(pk=run.pk)
    run.refresh_from_db()


def _judged(run: Run, verdict: str, by: User) -> Homologation | None:
    """What the same person already decided the same way: the answer to a second press."""
    if not homologates_results.test(by):
        raise PermissionDenied(verdict)
    _lock(run)
    return Homologation.objects.filter(run=run, verdict=verdict, by=by).first()
