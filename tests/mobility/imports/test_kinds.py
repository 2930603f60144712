"""What each kind of file means, row by row, and what is refused."""

import datetime
import io
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook

from mobility.models import (
    Agreement,
    AgreementPlaces,
    CourseUnit,
    Department,
    Document,
    Institution,
    LogEntry,
    MobilityProgramme,
    NetworkMember,
    Programme,
)
from mobility.services.imports.codes import normalised
from mobility.services.imports.columns import CellError
from mobility.services.imports.files import apply, apply_shipped, preview, template
from mobility.services.imports.kinds import KINDS
from mobility.services.imports.problems import ImportRefused
from tests.factories import InstitutionFactory, MobilityProgrammeFactory, ProgrammeFactory, UserFactory

pytestmark = pytest.mark.django_db

ECHE = "erasmus_code,pic,oid,legal_name,city,country,website,eche_start,eche_end\n"
KTH = "S  STOCKHO04,999990946,E10209479,KTH,Stockholm,SE,www.kth.se,2021-01-01,2029-12-31\n"
PLACES = "erasmus_code,mobility_programme,academic_year,kind,places,programmes,label\n"


def load(kind, text, by=None, name="file.csv"):
    return apply(kind=kind, name=name, content=text.encode(), by=by)


def problems(kind, text):
    """What is wrong, as (row, column, message); the same text refuses to be applied."""
    found = preview(kind=kind, name="file.csv", content=text.encode()).problems
    with pytest.raises(ImportRefused):
        load(kind, text)
    return [(problem.row, problem.column, problem.message) for problem in found]


def only(kind, text):
    (problem,) = problems(kind, text)
    return problem


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("P  LISBOA109", "P  LISBOA109"),
        ("P LISBOA109", "P  LISBOA109"),
        ("p\u00a0\u00a0lisboa109", "P  LISBOA109"),
        ("NL EINDHOV17", "NL EINDHOV17"),
        ("IRLDUBLIN01", "IRLDUBLIN01"),
        ("IRL DUBLIN01", "IRLDUBLIN01"),
        ("LUXLUX-VIL01", "LUXLUX-VIL01"),
        ("G  ATHINE01", "G  ATHINE01"),
        ("SF ESPOO12", "SF ESPOO12"),
        ("DK FREDERICIA 01", "DK FREDERICIA01"),
        ("F  VERDUN1", "F  VERDUN1"),
    ],
)
def test_erasmus_codes_are_stored_with_a_fixed_width(written, stored):
    assert normalised(written) == stored


@pytest.mark.parametrize(
    "wrong", ["P", "PLISBOA109", "QQ LISBOA01", "P  LISBOA", "P  109", "P  LISBOA1091", "P  LIS_OA01"]
)
def test_what_is_no_erasmus_code_is_refused(wrong):
    with pytest.raises(CellError, match="Erasmus code"):
        normalised(wrong)


def test_an_institution_is_created_changed_and_left_alone():
    clerk = UserFactory()

    assert load("institutions", ECHE + KTH, by=clerk).counts == {"created": 1, "changed": 0, "unchanged": 0}
    kth = Institution.objects.get()
    assert (kth.erasmus_code, kth.sort_name, kth.country.code) == ("S  STOCKHO04", "kth", "SE")
    assert (kth.charter_from, kth.charter_until) == (datetime.date(2021, 1, 1), datetime.date(2029, 12, 31))

    renamed = load("institutions", ECHE + KTH.replace("KTH", "Kungliga Tekniska Högskolan"), by=clerk)
    assert renamed.changes[0].details == (
        ("name", "KTH", "Kungliga Tekniska Högskolan"),
        ("sort_name", "kth", "kungliga tekniska hogskolan"),
    )
    kth.refresh_from_db()
    assert kth.name == "Kungliga Tekniska Högskolan"

    assert load("institutions", ECHE + KTH.replace("KTH", "Kungliga Tekniska Högskolan")).changes == []
    assert [entry.data["changed"] for entry in LogEntry.objects.order_by("id")] == [0, 1]
    assert LogEntry.objects.latest("id").actor == clerk
    assert Document.objects.filter(kind="import").count() == 2


def test_greece_and_finland_keep_their_letters_in_the_code_and_get_iso_countries():
    load(
        "institutions",
        ECHE + "G  ATHINE01,999643007,E10208888,EKPA,ATHINA,EL,,2021-01-01,2029-12-31\n"
        "SF ESPOO12,991256096,E10181958,Aalto,Espoo,FI,,2021-01-01,2029-12-31\n",
    )

    assert list(Institution.objects.order_by("erasmus_code").values_list("erasmus_code", "country")) == [
        ("G  ATHINE01", "GR"),
        ("SF ESPOO12", "FI"),
    ]


def test_an_institution_whose_code_changed_is_known_by_its_pic():
    load("institutions", ECHE + KTH)

    assert load("institutions", ECHE + KTH.replace("STOCKHO04", "STOCKHO99")).counts["changed"] == 1
    assert Institution.objects.get().erasmus_code == "S  STOCKHO99"


def test_us_dates_are_refused_with_what_is_expected():
    row, column, message = only("institutions", ECHE + KTH.replace("2021-01-01", "03/25/2026"))

    assert (row, column) == (2, "eche_start")
    assert "“03/25/2026” isn't a date written YYYY-MM-DD" in message


@pytest.mark.parametrize("day", ["2026-02-30", "25-03-2026", "2026-3-5", "20260325"])
def test_days_that_are_none_or_otherwise_written_are_refused(day):
    assert only("institutions", ECHE + KTH.replace("2021-01-01", day))[1] == "eche_start"


def test_every_problem_is_told_by_row_and_column_and_nothing_is_written():
    found = problems(
        "institutions",
        ECHE + KTH + KTH.replace("S  STOCKHO04", "nonsense") + KTH.replace("999990946", "12").replace("SE", "QQ"),
    )

    assert {(row, column) for row, column, _message in found} == {(3, "erasmus_code"), (4, "pic"), (4, "country")}
    assert not Institution.objects.exists()
    assert not LogEntry.objects.exists()
    assert not Document.objects.exists()


def test_repeated_rows_are_refused_with_the_first():
    assert (3, "", "repeats row 2.") in problems("institutions", ECHE + KTH + KTH)


def test_an_oid_that_the_list_gives_twice_stays_with_the_first_row():
    other = KTH.replace("STOCKHO04", "STOCKHO05").replace("999990946", "999990947")

    plan = load("institutions", ECHE + KTH + other)

    assert [(notice.row, notice.column) for notice in plan.notices] == [(3, "oid")]
    assert Institution.objects.get(erasmus_code="S  STOCKHO05").oid is None
    assert load("institutions", ECHE + KTH + other).changes == []


def test_a_pic_of_another_institution_is_refused():
    load("institutions", ECHE + KTH)
    InstitutionFactory(erasmus_code="S  LUND01", pic="999901318")

    assert only("institutions", ECHE + KTH.replace("999990946", "999901318"))[:2] == (2, "pic")


@pytest.mark.parametrize(
    ("header", "column", "says"),
    [
        ("acronym,name,colour", "colour", "isn't known"),
        ("acronym", "name", "is missing"),
        ("acronym,name,name", "name", "twice"),
        ("acronym,,name", "", "no name"),
    ],
)
def test_wrong_columns_are_refused_by_name(header, column, says):
    row, found, message = only("departments", header + "\nDEI,x,y\n")

    assert (row, found) == (1, column)
    assert says in message


def test_column_names_may_be_written_with_capitals_and_spaces():
    assert load("departments", " Acronym ; NAME \nDEI;Informática\n").counts["created"] == 1


def test_column_names_alone_are_refused():
    assert "no rows under them" in only("departments", "acronym,name\n")[2]


def test_rows_with_too_many_or_too_few_cells_are_refused():
    found = problems("departments", "acronym,name\nDEI,a,b\nDEQ\nDEM,ok\n")

    assert [row for row, _column, _message in found] == [2, 3]


def test_an_empty_cell_that_is_needed_is_refused():
    assert only("departments", "acronym,name\nDEI,\n") == (2, "name", "the cell is empty.")


def test_text_that_is_too_long_is_refused():
    assert only("departments", f"acronym,name\nDEI,{'x' * 201}\n")[1] == "name"
    assert load("departments", f"acronym,name\nDEI,{'x' * 200}\n").counts["created"] == 1


@pytest.mark.clause("A.1")
@pytest.mark.clause("A.2")
@pytest.mark.clause("A.3")
@pytest.mark.clause("4.1")
def test_the_shipped_annex_has_every_programme_with_its_rules():
    apply_shipped(kinds=["mobility-programmes"], by=None)

    by_clause = {}
    for programme in MobilityProgramme.objects.all():
        by_clause.setdefault(programme.clause, set()).add(programme.code)
    assert by_clause == {
        "A.1": {"erasmus", "smile", "bilateral", "erasmus-mundus"},
        "A.2": {"cluster-dual", "erasmus-mundus-dual", "innoenergy-dual", "time-dual", "bilateral-dual"},
        "A.3": {"almeida-garrett"},
    }
    assert set(MobilityProgramme.objects.filter(awards_degree=True).values_list("clause", flat=True)) == {"A.2"}
    assert MobilityProgramme.objects.get(code="erasmus").scheme == "erasmus"
    assert MobilityProgramme.objects.get(code="smile").scheme == "santander"
    assert MobilityProgramme.objects.get(code="almeida-garrett").scheme is None


def test_programmes_take_their_department_and_units_their_programme():
    load("departments", "acronym,name\nDEI,Informática\n")
    load("programmes", "acronym,name,fenix_id,department\nMEIC-A,Informática,123,DEI\n")
    load("programmes", "acronym,name,fenix_id\nMEIC-A,Informática e Computadores,123\n")
    load(
        "course-units", "programme,course_id,acronym,name,ects,term,periods\nMEIC-A,9,OD,Otimização,7.5,1º semestre,3\n"
    )

    programme = Programme.objects.get()
    assert (programme.name, programme.department.code) == ("Informática e Computadores", "DEI")
    unit = CourseUnit.objects.get()
    assert (unit.programme, unit.ects) == (programme, Decimal("7.5"))


@pytest.mark.parametrize("ects", ["-1", "6,0", "six", "6.125", "1e3", "NaN"])
def test_credits_that_are_none_are_refused(ects):
    ProgrammeFactory(code="MEIC-A")
    text = f'programme,course_id,acronym,name,ects,term\nMEIC-A,9,OD,Otimização,"{ects}",1º\n'

    assert only("course-units", text)[1] == "ects"


def test_units_and_programmes_that_refer_to_nothing_are_refused():
    assert only("course-units", "programme,course_id,acronym,name,ects,term\nMEIC,9,OD,O,6,1\n")[1] == "programme"
    assert only("programmes", "acronym,name,department\nMEIC,I,DEI\n")[1] == "department"


def test_universities_of_the_programme_are_left_to_the_charter_list():
    load("institutions", ECHE + KTH)

    plan = load("world-universities", "name,alpha_two_code\nLund,SE\nKeio University,JP\nKeio university,JP\n")

    assert set(Institution.objects.values_list("name", flat=True)) == {"KTH", "Keio University"}
    assert [notice.row for notice in plan.notices] == [4, None]


def test_network_members_are_found_by_code_or_name_and_created_where_unknown():
    load("institutions", ECHE + KTH)
    InstitutionFactory(name="Universidade de São Paulo", country="BR", erasmus_code=None)
    text = (
        "network,network_name,erasmus_code,name,country\n"
        "cluster,CLUSTER,S STOCKHO04,KTH Royal Institute,SE\n"
        "magalhaes,Magalhães,,UNIVERSIDADE DE SAO PAULO,BR\n"
        "magalhaes,Magalhães,,ParisTech,FR\n"
    )

    load("networks", text)

    assert set(NetworkMember.objects.values_list("network__code", "institution__name")) == {
        ("cluster", "KTH"),
        ("magalhaes", "Universidade de São Paulo"),
        ("magalhaes", "ParisTech"),
    }
    assert load("networks", text).counts == {"created": 0, "changed": 0, "unchanged": 3}
    assert only("networks", "network,network_name,erasmus_code\ncluster,CLUSTER,S  NOWHERE01\n")[1] == "erasmus_code"


@pytest.fixture
def partners():
    """KTH and USP, two programmes, Erasmus+ and SMILE."""
    InstitutionFactory(name="USP", country="BR", erasmus_code=None)
    InstitutionFactory(name="KTH", erasmus_code="S  STOCKHO04")
    for code in ("MEIC-A", "MEEC21"):
        ProgrammeFactory(code=code)
    MobilityProgrammeFactory(code="erasmus")
    MobilityProgrammeFactory(code="smile", scheme="santander")


@pytest.mark.clause("6.3")
@pytest.mark.usefixtures("partners")
def test_places_become_pools_of_agreements():
    text = (
        "erasmus_code,name,country,mobility_programme,academic_year,kind,places,programmes,language,language_level,"
        "valid_from,valid_until\n"
        "SSTOCKHO04,,,erasmus,2027/2028,SMS,3,meic-a; MEEC21,English,B2,2022,2029\n"
        ",usp,BR,smile,2027,sms,2,,,,,\n"
    )

    assert load("places", text).counts == {"created": 2, "changed": 0, "unchanged": 0}
    kth, usp = AgreementPlaces.objects.order_by("-places")
    assert (kth.agreement.institution.name, kth.academic_year, kth.kind, kth.places) == ("KTH", 2027, "SMS", 3)
    assert {programme.code for programme in kth.programmes.all()} == {"MEIC-A", "MEEC21"}
    assert (kth.language, kth.language_level) == ("en", "B2")
    assert (kth.agreement.from_year, kth.agreement.until_year) == (2022, 2029)
    assert (usp.agreement.from_year, usp.agreement.until_year, usp.programmes.count()) == (2027, 2027, 0)

    assert load("places", text).changes == []
    changed = load("places", text.replace(",3,meic-a; MEEC21", ",4,MEIC-A").replace("2022,2029", "2022,2030"))
    assert changed.changes[0].details == (
        ("places", "3", "4"),
        ("programmes", "MEEC21 MEIC-A", "MEIC-A"),
        ("agreement", "2022-2029", "2022-2030"),
    )
    kth.refresh_from_db()
    assert (kth.places, [p.code for p in kth.programmes.all()], kth.agreement.until_year) == (4, ["MEIC-A"], 2030)
    assert Agreement.objects.count() == 2


@pytest.mark.usefixtures("partners")
@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("S  STOCKHO05,erasmus,2027,SMS,1,,", "erasmus_code"),
        (",erasmus,2027,SMS,1,,", "erasmus_code"),
        ("S  STOCKHO04,erasmvs,2027,SMS,1,,", "mobility_programme"),
        ("S  STOCKHO04,erasmus,2027,SMX,1,,", "kind"),
        ("S  STOCKHO04,erasmus,2027/2029,SMS,1,,", "academic_year"),
        ("S  STOCKHO04,erasmus,1999,SMS,1,,", "academic_year"),
        ("S  STOCKHO04,erasmus,2027,SMS,-1,,", "places"),
        ("S  STOCKHO04,erasmus,2027,SMS,1.5,,", "places"),
        ("S  STOCKHO04,erasmus,2027,SMS,two,,", "places"),
        ("S  STOCKHO04,erasmus,2027,SMS,1001,,", "places"),
        ("S  STOCKHO04,erasmus,2027,SMS,,,", "places"),
        ("S  STOCKHO04,erasmus,2027,SMS,1,MEIC-A XXX,", "programmes"),
    ],
)
def test_places_that_make_no_sense_are_refused_by_row_and_column(row, column):
    good = "S  STOCKHO04,erasmus,2027,SMS,1,MEIC-A,a\n"

    assert only("places", PLACES + good + row + "\n")[:2] == (3, column)
    assert not AgreementPlaces.objects.exists()


@pytest.mark.usefixtures("partners")
def test_two_pools_of_one_agreement_need_labels():
    row = "S  STOCKHO04,erasmus,2027,SMS,1,,{}\n"

    assert "different labels" in only("places", PLACES + row.format("") + row.format(""))[2]
    assert load("places", PLACES + row.format("Computer science") + row.format("")).counts["created"] == 2
    assert Agreement.objects.count() == 1


@pytest.mark.usefixtures("partners")
def test_a_year_outside_the_agreement_is_refused():
    load("places", PLACES + "S  STOCKHO04,erasmus,2027,SMS,1,,\n")

    assert only("places", PLACES + "S  STOCKHO04,erasmus,2028,SMS,1,,\n")[:2] == (2, "academic_year")


def test_what_was_looked_at_is_what_is_written():
    seen = preview(kind="institutions", name="e.csv", content=(ECHE + KTH).encode())
    load("institutions", ECHE + KTH.replace("KTH", "Other name"))

    with pytest.raises(ImportRefused, match="changed since"):
        apply(kind="institutions", name="e.csv", content=(ECHE + KTH).encode(), expected=seen.digest, by=None)
    assert Institution.objects.get().name == "Other name"


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.code)
def test_a_template_has_the_columns_of_its_kind(kind):
    header = template(kind).splitlines()[0]

    assert header == ",".join(column.name for column in kind.columns)


def _many(kind, count):
    if kind == "institutions":
        return ECHE + "".join(
            KTH.replace("STOCKHO04,999990", f"LUND{n:02},9{n:05}").replace("E10209", f"E1{n:04}") for n in range(count)
        )
    return PLACES + "".join(f"S  STOCKHO04,erasmus,2027,SMS,1,MEIC-A,{n}\n" for n in range(count))


@pytest.mark.usefixtures("partners")
@pytest.mark.parametrize("kind", ["institutions", "places"])
def test_the_number_of_queries_does_not_grow_with_the_rows(kind):
    Institution.objects.filter(erasmus_code__isnull=False).exclude(name="KTH").delete()
    counts = []
    for size in (2, 30):
        with CaptureQueriesContext(connection) as queries:
            found = preview(kind=kind, name="x.csv", content=_many(kind, size).encode())
            assert not found.problems
            for step in found.steps:
                step()
        counts.append(len(queries))
        AgreementPlaces.objects.all().delete()
        Agreement.objects.all().delete()
    assert counts[0] == counts[1]


def test_everything_that_is_shipped_loads_and_a_second_time_changes_nothing():
    first = apply_shipped(by=None)

    assert {kind: plan.counts["created"] for kind, plan in first.items()} == {
        "mobility-programmes": 10,
        "institutions": 6142,
        "world-universities": 8338,
        "networks": 74,
        "departments": 12,
        "programmes": 35,
        "course-units": 987,
    }
    assert all(plan.changes == [] for plan in apply_shipped(by=None).values())
    assert LogEntry.objects.filter(action="import").count() == len(first)
    assert Institution.objects.get(erasmus_code="P  LISBOA109").pic == "949885305"
    assert NetworkMember.objects.filter(network__code="cluster").count() == 12


def test_the_command_imports_shows_and_refuses(tmp_path, capsys):
    file = tmp_path / "d.csv"
    file.write_text("acronym,name\nDEI,Informática\n", encoding="utf-8")

    call_command("import_data", "departments", file, "--dry-run")
    assert "1 created" in capsys.readouterr().out
    assert not Department.objects.exists()

    call_command("import_data", "departments", file)
    assert Department.objects.get().code == "DEI"

    file.write_text("acronym,name\nDEI,\n", encoding="utf-8")
    for more in ([], ["--dry-run"]):
        with pytest.raises(CommandError, match="1 problems, nothing was written") as refused:
            call_command("import_data", "departments", file, *more)
        assert refused.value.returncode == 1
        assert "Row 2" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["places"], ["all", "x.csv"], ["departments", "no-such-file.csv"]])
def test_wrong_usage_of_the_command_is_said_with_exit_code_2(arguments):
    with pytest.raises(CommandError) as refused:
        call_command("import_data", *arguments)
    assert refused.value.returncode == 2


@pytest.mark.parametrize("written", ["en", "English", "inglês"])
def test_a_language_of_teaching_is_stored_as_its_code(written):
    InstitutionFactory(erasmus_code="S  STOCKHO04")
    MobilityProgrammeFactory(code="erasmus")
    header = "erasmus_code,mobility_programme,academic_year,kind,places,language,language_level\n"
    load("places", f"{header}S  STOCKHO04,erasmus,2027,SMS,2,{written},B2\n")
    pool = AgreementPlaces.objects.get()
    assert (pool.language, pool.language_level) == ("en", "B2")


def test_an_unknown_language_says_which_there_are():
    InstitutionFactory(erasmus_code="S  STOCKHO04")
    MobilityProgrammeFactory(code="erasmus")
    header = "erasmus_code,mobility_programme,academic_year,kind,places,language\n"
    row, column, message = only("places", f"{header}S  STOCKHO04,erasmus,2027,SMS,2,Klingon\n")
    assert (row, column) == (2, "language")
    assert "Klingon" in message
    assert "de, el, en" in message


CHARTERS = (
    ECHE
    + KTH
    + "P  COIMBRA01,999945936,E10199945,Universidade de Coimbra – Direção,Coimbra,PT,,2021-01-01,2029-12-31\n"
)


def workbook(*, merge=None):
    book = Workbook()
    for line in CHARTERS.splitlines():
        book.active.append(line.split(","))
    if merge:
        book.active.merge_cells(merge)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cp1252.csv", CHARTERS.encode("cp1252")),
        ("semicolons.csv", CHARTERS.replace(",", ";").encode("cp1252")),
        ("spaces.csv", CHARTERS.replace("S  STOCKHO04", "S\u00a0\u00a0STOCKHO04\u00a0").encode()),
        ("blank.csv", ("\n,,,\n" + CHARTERS).encode()),
        ("windows.csv", CHARTERS.replace("\n", "\r\n").encode("utf-8-sig")),
        ("book.xlsx", workbook()),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_from_an_ordinary_desk_is_imported_whole(tmp_path, name, content):
    file = tmp_path / name
    file.write_bytes(content)

    call_command("import_data", "institutions", file)

    assert list(Institution.objects.order_by("erasmus_code").values_list("erasmus_code", "name", "charter_from")) == [
        ("P  COIMBRA01", "Universidade de Coimbra – Direção", datetime.date(2021, 1, 1)),
        ("S  STOCKHO04", "KTH", datetime.date(2021, 1, 1)),
    ]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        (
            "dates.csv",
            CHARTERS.replace("PT,,2021-01-01", "PT,,01/31/2021").encode(),
            ["Row 3", "eche_start", "YYYY-MM-DD"],
        ),
        ("merged.xlsx", workbook(merge="F2:F3"), ["F2:F3"]),
        ("nothing.csv", b" " * 5_000_000, ["empty"]),
        ("cut.xlsx", workbook()[:-400], ["damaged or cut short"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_can_only_be_guessed_at_is_refused_whole(tmp_path, capsys, name, content, words):
    file = tmp_path / name
    file.write_bytes(content)

    with pytest.raises(CommandError, match="nothing was written"):
        call_command("import_data", "institutions", file)

    said = capsys.readouterr().err
    assert [word for word in words if word not in said] == []
    assert not Institution.objects.exists()
    assert not LogEntry.objects.exists()
    assert not Document.objects.exists()
