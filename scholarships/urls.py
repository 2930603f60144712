"""Addresses of the office, the board, runs, published results and what can be downloaded."""

from django.urls import path

from scholarships.views import board, closing, downloads, jobs, office, results, runs

urlpatterns = [
    path("office/", office.dashboard, name="office"),
    path("office/e-mails/requeue/", office.requeue_mail, name="requeue_mail"),
    path("office/calls/<slug:code>/", office.call, name="office_call"),
    path("office/calls/<slug:code>/dates/", office.set_dates, name="set_dates"),
    path("office/calls/<slug:code>/grants/<slug:scheme>/", office.set_budget, name="set_budget"),
    path("office/calls/<slug:code>/destinations/", office.load_destinations, name="load_destinations"),
    path("office/calls/<slug:code>/open/", office.open_call, name="open_call"),
    path("office/calls/<slug:code>/close/", closing.close, name="close_call"),
    path("office/calls/<slug:code>/run/", closing.run_again, name="run_call"),
    path("jobs/<uuid:public_id>/", jobs.job, name="job"),
    path("jobs/<uuid:public_id>/cancel/", jobs.cancel, name="cancel_job"),
    path("runs/<uuid:public_id>/", runs.run, name="run"),
    path("runs/<uuid:public_id>/ranking/", runs.ranking, name="run_ranking"),
    path("runs/<uuid:public_id>/placements/", runs.placements, name="run_placements"),
    path("runs/<uuid:public_id>/grants/", runs.grants, name="run_grants"),
    path("runs/<uuid:public_id>/ties/", runs.ties, name="run_ties"),
    path("runs/<uuid:public_id>/case.json", downloads.case, name="run_case"),
    path("runs/<uuid:public_id>/decision.json", downloads.decision, name="run_decision"),
    path("runs/<uuid:public_id>/ranking.xlsx", downloads.ranking_xlsx, name="run_xlsx"),
    path("runs/<uuid:public_id>/documents/", closing.make_documents, name="make_documents"),
    path("runs/<uuid:public_id>/publish/", results.publish, name="publish_run"),
    path("board/", board.board, name="board"),
    path("board/runs/<uuid:public_id>/", board.homologate, name="homologate"),
    path("calls/<slug:code>/results/", results.results, name="results"),
    path("calls/<slug:code>/results/destinations/", results.result_destinations, name="result_destinations"),
    path("documents/<uuid:public_id>/", downloads.document, name="document"),
    path("engine.zip", downloads.engine_zip, name="engine_zip"),
]
