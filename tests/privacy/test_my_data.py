"""My data: everything about a person in one file, for them alone, made by a worker."""

import io
import json
import zipfile

import pytest
import time_machine
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mobility.models import DataExport, Job, LogEntry, Message, Student, User
from mobility.personal import exports
from mobility.personal.contents import contents
from mobility.personal.inventory import LEFT_OUT, PARTS
from mobility.personal.reading import LABELS, TITLES
from mobility.tasks import run_job
from tests.factories import ApplicationFactory, OpinionFactory, RecordUnitFactory, StudentFactory, UserFactory
from tests.privacy.world import FILE, NAME, NUMBER, REASON, Known, document_of

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"


# --- Complete by construction -------------------------------------------------------------------


def leads_to(model: type[Model], targets: set[type[Model]]) -> bool:
    """Whether a row of the model names one of the targets: by a key, or by type and number."""
    fields = model._meta.get_fields()
    keys = {field.related_model for field in fields if field.concrete and field.is_relation}
    return bool(keys & targets) or {"object_type", "object_id"} <= {field.name for field in fields}


def test_every_table_that_leads_to_a_person_is_in_the_file_or_left_out_for_a_reason():
    told = {part.model for part in PARTS}
    people = told | {User, Student}
    about = {model for model in apps.get_models() if leads_to(model, people)} | people
    missing = {model._meta.label_lower for model in about - told} - set(LEFT_OUT)
    assert missing == set(), "put these in PARTS or, with the reason, in LEFT_OUT (mobility/personal/inventory.py)"


def test_what_is_left_out_exists_has_a_reason_and_is_not_told_as_well():
    assert {apps.get_model(label) for label in LEFT_OUT} & {part.model for part in PARTS} == set()
    assert all(len(reason) > 10 for reason in LEFT_OUT.values())


def test_the_paths_lead_to_the_person_and_every_part_has_a_title():
    user = UserFactory()
    for part in PARTS:
        assert list(part.rows(user))[:0] == []
    assert set(TITLES) == {part.name for part in PARTS} | {"log", "files"}


def test_every_label_is_that_of_a_column():
    columns = {
        field.name for part in PARTS for field in part.model._meta.concrete_fields if field.name not in part.without
    }
    assert set(LABELS) - columns == {"action", "kind", "by"}


# --- What is in it ------------------------------------------------------------------------------


@pytest.fixture
def known():
    return Known()


def made(user: User) -> zipfile.ZipFile:
    exports.ask(user=user, by=user)
    run_job(exports.job_of(user).pk)
    with DataExport.objects.get(user=user).file.open() as file:
        return zipfile.ZipFile(io.BytesIO(file.read()))


def test_everything_that_the_portal_knows_is_in_the_file(known):
    with made(known.user) as archive:
        data = json.loads(archive.read("data.json"))
        assert archive.read("files/001 certidão Iolanda Quaresma.pdf") == FILE
    assert data["format"] == 1
    assert [row["name"] for row in data["account"]] == [NAME]
    assert [row["number"] for row in data["student"]] == [NUMBER]
    assert [row["name"] for row in data["academic_record_units"]] == ["Análise Complexa"]
    assert [row["reference"] for row in data["applications"]] == [known.application.reference]
    assert [row["order"] for row in data["destinations_chosen"]] == [1, 2]
    (opinion,) = data["opinions"]
    assert (opinion["reason"], opinion["coordinator"]) == (REASON, "Rui Matos")
    (result,) = data["results"]
    assert (result["tier"], result["average"], result["rank"]) == ("admitted", "19.00", known.entry.rank)
    assert any("19,00" in step["sentence"] for step in result["explanation"])
    assert [row["scheme"] for row in data["grants"]] == ["erasmus"]
    assert "receipt" in [row["template"] for row in data["messages"]]
    assert [row["ip"] for row in data["sessions"]] == ["10.1.2.3"]
    assert {"opinion", "ask_for_data"} <= {row["action"] for row in data["log"]}
    assert [row["name"] for row in data["files"]] == ["certidão Iolanda Quaresma.pdf"]


def test_secrets_stay_here(known):
    with made(known.user) as archive:
        text = archive.read("data.json").decode()
    assert known.user.password not in text
    assert known.user.usersession_set.get().session_key not in text


def test_nobody_else_is_in_it(known):
    others = User.objects.exclude(pk__in=[known.user.pk, known.story.coordinator.pk])
    with made(known.user) as archive:
        text = archive.read("data.json").decode() + archive.read("index.html").decode()
    assert others.count() > 8
    for other in others:
        assert f'"{other.name}"' not in text
        assert other.email not in text


@pytest.mark.parametrize(
    ("language", "words"), [("pt", "Pareceres dos coordenadores"), ("en", "Coordinators' opinions")]
)
def test_the_page_opens_offline_in_the_persons_language(known, language, words):
    User.objects.filter(pk=known.user.pk).update(language=language)
    known.user.language = language
    with made(known.user) as archive:
        page = archive.read("index.html").decode().replace("&#x27;", "'")
        assert {"index.html", "index.css", "data.json"} <= set(archive.namelist())
    assert words in page
    assert REASON in page
    assert "http" not in page.replace("&quot;", "").split("<main>")[0]


def test_what_is_not_published_yet_is_not_told(known):
    type(known.run).objects.update(state="confirmed")
    assert contents(known.user)["results"] == []


def test_staff_get_what_they_did_without_the_students_data(known):
    data = contents(known.story.coordinator)
    deeds = [row for row in data["log"] if row["action"] == "opinion"]
    assert len(deeds) == 1
    assert "reason" not in deeds[0]
    assert data["applications"] == []


def test_the_statements_do_not_grow_with_the_rows(known):
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            contents(known.user)
        return len(captured)

    few = statements()
    RecordUnitFactory.create_batch(20, record=known.application.record)
    OpinionFactory.create_batch(5, application=known.application, in_force=False)
    assert statements() == few


# --- How it is made -----------------------------------------------------------------------------


@pytest.fixture
def student(client):
    student = StudentFactory(user__language="pt")
    client.force_login(student.user)
    return student


def confirmed(client):
    """The password again, as the page asks."""
    assert client.post("/account/reauthenticate/", {"password": PASSWORD}).status_code == 302


def test_asked_for_made_told_downloaded(client, student):
    assert client.post("/account/data/").status_code == 302
    page = client.get("/account/data/").text
    assert "O ficheiro está a ser preparado" in page
    assert "Fazer o ficheiro" not in page
    run_job(exports.job_of(student.user).pk)
    assert "Descarregar" in client.get("/account/data/").text
    (letter,) = Message.objects.filter(recipient=student.user)
    assert letter.subject == "Os teus dados estão prontos para descarregar"
    assert "/account/data/" in letter.body
    assert "7 dias" in letter.body
    confirmed(client)
    answer = client.get("/account/data/download/")
    assert answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as archive:
        assert archive.testzip() is None


def test_a_second_press_makes_no_second_file(client, student):
    for _press in range(2):
        assert client.post("/account/data/").status_code == 302
    assert Job.objects.filter(kind="personal_data").count() == 1
    assert LogEntry.objects.filter(action="ask_for_data").count() == 1


def test_making_it_anew_takes_the_place_of_the_earlier_one(student, django_capture_on_commit_callbacks):
    for _time in range(2):
        exports.ask(user=student.user, by=student.user)
        with django_capture_on_commit_callbacks(execute=True):
            run_job(exports.job_of(student.user).pk)
    export = DataExport.objects.get()
    assert default_storage.listdir("exports")[1] == [export.public_id.hex]


def test_it_is_downloaded_after_confirming_who_one_is(client, student):
    made(student.user)
    answer = client.get("/account/data/download/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/reauthenticate/")


def test_nobody_gets_the_file_of_another(client, student):
    made(student.user)
    client.force_login(UserFactory())
    confirmed(client)
    assert client.get("/account/data/download/").status_code == 404
    with pytest.raises(PermissionDenied):
        exports.ask(user=student.user, by=UserFactory())


def test_after_a_week_it_is_no_longer_there(client, student):
    made(student.user)
    with time_machine.travel(timezone.now() + timezone.timedelta(days=8)):
        client.force_login(student.user)
        confirmed(client)
        assert client.get("/account/data/download/").status_code == 404
        assert "Descarregar" not in client.get("/account/data/").text


def test_a_worker_that_was_killed_leaves_nothing_that_another_would_not_make(student, settings):
    exports.ask(user=student.user, by=student.user)
    job = exports.job_of(student.user)
    # The first one had written the file and died before its transaction was committed.
    default_storage.save(f"exports/{job.public_id.hex}", io.BytesIO(b"half a file"))
    Job.objects.filter(pk=job.pk).update(
        state="running", attempts=1, heartbeat_at=timezone.now() - timezone.timedelta(hours=1)
    )
    run_job(job.pk)
    assert default_storage.listdir("exports")[1] == [job.public_id.hex]
    with DataExport.objects.get().file.open() as file:
        assert zipfile.is_zipfile(file)


def test_a_failure_is_said_and_can_be_tried_again(client, student, settings, tmp_path):
    document = ApplicationFactory(student=student)
    lost = document_of(document)
    default_storage.delete(lost.file.name)
    client.post("/account/data/")
    run_job(exports.job_of(student.user).pk)
    page = client.get("/account/data/").text
    assert "Não foi possível fazer o ficheiro" in page
    assert "Fazer o ficheiro" in page
    assert not default_storage.exists("exports") or default_storage.listdir("exports")[1] == []
