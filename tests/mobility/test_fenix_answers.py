"""What the Fénix API answers, and the record that is made of it: rule by rule, without asking anybody."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from mobility.regulation.record import Unit, sums
from mobility.services.fenix import answers
from mobility.services.fenix.composing import Composed, Earlier, compose
from mobility.services.fenix.cycles import Catalogue
from mobility.services.records import UnitRow, add_up

SAMPLES = json.loads((Path(__file__).parents[1] / "counterparts/fenix.json").read_text(encoding="utf-8"))
LEIC = {"name": "Licenciatura Bolonha em Engenharia Informática", "acronym": "LEIC-A"}
MEIC = {"name": "Mestrado Bolonha em Engenharia Informática", "acronym": "MEIC-A"}
INTEGRATED = {"name": "Mestrado Integrado em Engenharia Electrotécnica", "acronym": "MEEC"}


def unit(name="Gestão", grade="15", ects=6, acronym="Ges", number="1", term="1ºSemestre 2024/2025"):
    course = {"name": name, "id": number, "acronym": acronym, "academicTerm": term}
    return {"course": course, "grade": grade, "ects": ects}


def curriculum(*units, degree=MEIC, **more):
    return {"degree": degree, "isFinished": False, "currentYear": 1, "approvedCourses": list(units)} | more


def composed(*curricula, person=None, catalogue=None, earlier=None) -> Composed:
    """As the worker makes it: through JSON text, so that a number is what the network brings."""
    said = answers.load(json.dumps(curricula).encode())
    registrations = answers.read_person(person).registrations if person else ()
    return compose(answers.read_curricula(said), registrations, catalogue=catalogue or Catalogue(), earlier=earlier)


def codes(made: Composed) -> dict[str, str]:
    return {note["code"]: note["about"] for note in made.notes}


def registered(*terms, role="registrations", degree=MEIC):
    return {
        "username": "ist1",
        "name": "Ana",
        "roles": [{"type": "STUDENT", role: [{**degree, "id": "1", "academicTerms": list(terms)}]}],
    }


@pytest.mark.clause("5.1")
@pytest.mark.clause("7.1.a")
@pytest.mark.clause("7.1.b")
def test_the_documented_sample_adds_up():
    """The sample of the API's own documentation: one unit of a master, 7.5 ECTS, 10."""
    sample = SAMPLES["ist112345"]
    made = composed(*sample["curriculum"], person=sample["person"])

    (one,) = made.units
    assert (one.name, one.code) == ("Unidade Curricular Aplicacional 1 (Língua Natural)", "LN-2")
    assert (one.cycle, one.ects, one.grade) == (2, Decimal("7.5"), Decimal(10))
    found = add_up(made.units)
    assert (found.ects, found.first_cycle_ects) == (Decimal("7.5"), 0)
    assert (found.weighted_grades, found.graded_ects, found.units_completed) == (75, Decimal("7.5"), 1)
    # 2010/2011 to 2012/2013 in the first degree, 2013/2014 in the second.
    assert made.enrolments == 4
    assert set(codes(made)) == {"no_first_cycle", "taken"}


@pytest.mark.clause("5.1")
@pytest.mark.clause("7.1.a")
@pytest.mark.clause("7.1.b")
@pytest.mark.clause("7.1.c")
def test_both_cycles_add_up_as_articles_5_and_7_ask():
    sample = SAMPLES["ist1100001"]
    made = composed(*sample["curriculum"], person=sample["person"])

    first, _second = sample["curriculum"]
    graded = [u for u in first["approvedCourses"] if u["grade"] != "AP"]
    found = add_up(made.units)
    assert found.first_cycle_ects == 180
    assert found.ects == 195
    assert found.units_completed == 32
    assert found.graded_ects == 6 * len(graded) + 15 == 183
    assert found.weighted_grades == 6 * sum(int(u["grade"]) for u in graded) + Decimal("7.5") * (17 + 16)
    assert made.enrolments == 4
    assert codes(made) == {"taken": "0"}


def test_figures_stay_exact():
    """0.1 + 0.2: a float would make 0.30000000000000004 of it."""
    made = composed(
        curriculum(unit("A", ects=0.1, acronym="A"), unit("B", ects=0.2, acronym="B", grade="13,7"), credits=0.3)
    )

    found = add_up(made.units)
    assert found.ects == Decimal("0.3")
    assert found.weighted_grades == Decimal("0.1") * 15 + Decimal("0.2") * Decimal("13.7")
    assert "total" not in codes(made)


@pytest.mark.parametrize(
    ("degree", "cycle"),
    [
        (LEIC, 1),
        (MEIC, 2),
        ({"name": "Mestrado em Engenharia Mecânica", "acronym": "MEMec21"}, 2),
        ({"name": "Master Degree in Something", "acronym": "X"}, 2),
        ({"name": "Bachelor in Something", "acronym": "X"}, 1),
        ({"name": "Something", "acronym": "X", "type": "BOLONHA_DEGREE"}, 1),
        ({"name": "Something", "acronym": "X", "type": "BOLONHA_MASTER_DEGREE"}, 2),
        (INTEGRATED, None),
        ({"name": "Engenharia e Gestão", "acronym": "X"}, None),
        ({"name": "", "acronym": ""}, None),
    ],
)
def test_the_cycle_follows_from_the_kind_of_degree_or_stays_open(degree, cycle):
    made = composed(curriculum(unit("Gestão"), degree=degree))

    assert made.units[0].cycle == cycle
    assert ("cycle" in codes(made)) is (cycle is None)


@pytest.mark.parametrize(
    ("catalogue", "cycle"),
    [
        # The master that came of the integrated one.
        (Catalogue(names=frozenset({("MEEC21", "antenas")})), 2),
        # The integrated master's own catalogue has the units of all five years.
        (Catalogue(names=frozenset({("MEEC", "antenas")})), None),
        # The same name in another programme's catalogue decides nothing.
        (Catalogue(names=frozenset({("MEQ21", "antenas")})), None),
        (Catalogue(decided={"antenas": 1}), 1),
        (Catalogue(names=frozenset({("MEEC21", "antenas")}), decided={"antenas": 1}), 1),
    ],
)
def test_in_an_integrated_master_the_catalogue_decides_and_the_office_before_it(catalogue, cycle):
    made = composed(curriculum(unit("Antenas"), degree=INTEGRATED), catalogue=catalogue)

    assert made.units[0].cycle == cycle


@pytest.mark.clause("5.1")
def test_a_unit_without_a_cycle_counts_for_the_average_and_not_for_the_first_cycle():
    found = sums([Unit("A", None, Decimal(6), "approved", Decimal(16)), Unit("B", 1, Decimal(6), "approved", None)])

    assert (found.ects, found.first_cycle_ects, found.weighted_grades) == (12, 6, 96)


def test_a_doctorate_is_left_out_and_said():
    made = composed(
        curriculum(unit("Tese"), degree={"name": "Doutoramento em Física", "acronym": "DFis"}), curriculum(unit())
    )

    assert [one.name for one in made.units] == ["Gestão"]
    assert codes(made)["left_out"] == "Doutoramento em Física"


@pytest.mark.parametrize(
    ("grade", "kept", "noted"),
    [
        ("10", 10, False),
        ("20", 20, False),
        ("9.5", None, True),
        ("13,75", Decimal("13.75"), False),
        (17, 17, False),
        ("AP", None, False),
        ("ap", None, False),
        ("CONV", None, False),
        ("MB", None, True),
        ("", None, True),
        (None, None, True),
        ("21", None, True),
        ("-12", None, True),
        ("NaN", None, True),
        ("1E1", 10, False),
        ("15.123", None, True),
        (["17"], None, True),
    ],
)
def test_a_grade_is_a_grade_or_is_to_be_checked(grade, kept, noted):
    made = composed(curriculum(unit(grade=grade)))

    assert made.units[0].grade == kept
    assert ("grade" in codes(made)) is noted


@pytest.mark.parametrize("ects", [None, "", "muitos", -6, 0, 1000, 6.005, True, [6], {"a": 1}])
def test_credits_that_cannot_be_read_leave_the_unit_out_and_say_so(ects):
    made = composed(curriculum(unit("Álgebra", ects=ects), unit("Gestão", acronym="G2"), credits=12))

    assert [one.name for one in made.units] == ["Gestão"]
    assert codes(made)["credits"] == "Álgebra"
    assert codes(made)["total"] == "MEIC-A: 12 ≠ 6 ECTS"


@pytest.mark.parametrize("ects", [7.5, "7.5", "7,5"])
def test_credits_come_as_number_or_as_text(ects):
    assert composed(curriculum(unit(ects=ects))).units[0].ects == Decimal("7.5")


def test_two_units_with_one_acronym_both_count():
    """Fénix's acronyms are of one term: another unit may have the same one in another."""
    made = composed(
        curriculum(unit("Antenas", acronym="A", number="1"), unit("Acústica", acronym="A", number="2")),
    )

    assert [one.code for one in made.units] == ["A", "2"]
    assert add_up(made.units).units_completed == 2


def test_one_unit_in_two_curricula_counts_once_with_its_best_result():
    made = composed(
        curriculum(unit("Gestão", grade="12", acronym="Ges4", number="1"), degree=LEIC),
        curriculum(unit("GESTAO", grade="16", acronym="Ges5", number="2")),
    )

    found = add_up(made.units)
    assert (found.units_completed, found.ects, found.weighted_grades) == (1, 6, 96)
    assert codes(made)["twice"] == "GESTAO"


def test_units_without_acronym_or_number_still_have_codes():
    made = composed(
        curriculum(unit("A", acronym="", number=""), unit("B", acronym="", number=""), unit("C", acronym="X" * 40))
    )

    assert len({one.code for one in made.units}) == 3
    assert all(0 < len(one.code) <= 20 for one in made.units)


@pytest.mark.clause("7.1.c")
def test_enrolments_are_the_academic_years_that_fenix_names():
    said = registered("1ºSemestre 2023/2024", "2 Semestre 2023/2024", "1ºSemestre 2024/2025")

    assert composed(curriculum(), person=said).enrolments == 2
    assert composed(curriculum(unit(term="2ºSemestre 2022/2023")), person=said).enrolments == 3
    assert "enrolments" not in codes(composed(curriculum(), person=said))


@pytest.mark.clause("7.1.c")
@pytest.mark.parametrize("terms", [[], ["sempre"], ["2024/2026"], [None, 3, {}]])
def test_without_terms_the_years_of_approval_count_and_must_be_checked(terms):
    made = composed(curriculum(unit(term="1ºSemestre 2021/2022")), person=registered(*terms))

    assert made.enrolments == 1
    assert codes(made)["enrolments"] == "1"


@pytest.mark.clause("7.1.c")
def test_a_higher_number_of_the_office_stays_and_a_lower_one_does_not():
    said = registered("1ºSemestre 2023/2024", "1ºSemestre 2024/2025")

    kept = composed(curriculum(), person=said, earlier=Earlier(enrolments=5))
    assert (kept.enrolments, codes(kept)["enrolments_kept"]) == (5, "5 > 2")
    assert composed(curriculum(), person=said, earlier=Earlier(enrolments=1)).enrolments == 2


@pytest.mark.clause("5.3")
def test_units_being_taken_stay_as_the_office_gave_them_until_they_are_approved():
    taken = [
        UnitRow(code="PE", name="Portfólio", cycle=1, ects=Decimal(3), status="enrolled"),
        UnitRow(code="Ges", name="Gestão", cycle=1, ects=Decimal(6), status="enrolled"),
    ]
    made = composed(curriculum(unit("Gestão"), degree=LEIC), earlier=Earlier(enrolments=1, taken=taken))

    assert [(one.name, one.status) for one in made.units] == [("Gestão", "approved"), ("Portfólio", "enrolled")]
    assert add_up(made.units).enrolled_first_cycle_ects == 3
    assert codes(made)["taken_kept"] == "1"


@pytest.mark.parametrize(
    "answer",
    [b"", b"<html>", b"{", b"[1e999999999999]", b"[NaN]", b"\xff\xfe", b"[" * 100_000],
)
def test_what_is_not_json_is_nonsense(answer):
    with pytest.raises(answers.NonsenseError):
        answers.read_curricula(answers.load(answer))


@pytest.mark.parametrize(
    "answer",
    [
        {},
        None,
        "text",
        [1],
        [{"degree": LEIC}],
        [{"degree": LEIC, "approvedCourses": {}}],
        [{"degree": [], "approvedCourses": []}],
        [{"degree": LEIC, "approvedCourses": [{"grade": "10", "ects": 6}]}],
        [{"degree": LEIC, "approvedCourses": [unit(name="")]}],
    ],
)
def test_a_curriculum_without_its_shape_is_nonsense(answer):
    with pytest.raises(answers.NonsenseError):
        answers.read_curricula(answer)


@pytest.mark.parametrize(
    "answer",
    [
        [],
        None,
        {"name": "Ana"},
        {"username": "ist1"},
        {"username": "ist1", "name": "  "},
        {"username": "", "name": "Ana"},
        {"username": None, "name": "Ana"},
        {"username": "admin", "name": "Ana"},
        {"username": "ist1 or 1=1", "name": "Ana"},
        {"username": "ist" + "1" * 40, "name": "Ana"},
        {"username": ["ist1"], "name": "Ana"},
    ],
)
def test_a_person_who_is_not_said_is_nonsense(answer):
    with pytest.raises(answers.NonsenseError):
        answers.read_person(answer)


def test_a_person_is_read_without_what_the_portal_does_not_need():
    person = SAMPLES["ist112345"]["person"]
    kept = answers.needed(person)

    assert set(kept) == {"username", "name", "email", "institutionalEmail", "roles"}
    assert answers.read_person(kept) == answers.read_person(person)
    text = json.dumps(kept)
    assert all(private not in text for private in ("iVBOR", "1990", "MALE", "personalEmails", "web.ist"))


def test_a_name_too_long_is_cut_between_words_and_control_characters_go():
    long = " ".join(["Maria"] * 60)
    read = answers.read_person({"username": "IST1", "name": f"{long}\x00\u202e", "roles": "none"})

    assert read.username == "ist1"
    assert read.name == " ".join(["Maria"] * 33)
    assert read.name_was_cut
    assert answers.read_person({"username": "ist1", "name": "x" * 300}).name == "x" * 200
    assert not answers.read_person({"username": "ist1", "name": "Ana\t\tMaria "}).name_was_cut
