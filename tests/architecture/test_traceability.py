"""docs/regulation.md, the code and the tests say the same of all 100 clauses."""

import pytest

from tests.architecture.clauses import EXPECTED_CLAUSES, cited, disagreements, listed


def test_the_document_lists_every_clause_once():
    ids = [row[0] for row in listed()]
    assert len(ids) == len(set(ids)) == EXPECTED_CLAUSES


def test_document_code_and_tests_agree():
    assert disagreements() == []


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("to the unit (Art. 8(6)(d)).", ["8.6.d"]),
        ("Art. 8(6)(c) to (e)", ["8.6.c", "8.6.d", "8.6.e"]),
        ("(Art. 8(1), 9(1))", ["8.1", "9.1"]),
        ("Art. 5(2), 5(3) and 7(1)(a), credits", ["5.2", "5.3", "7.1.a"]),
        ("Art. 8.6.d and 9.3", ["8.6.d", "9.3"]),
        ("an average of 12.50 (Art. 5(1): 120 ECTS)", ["5.1"]),
        ("under Art. 7. 3 rows", ["7"]),
        ("Art. 8(6)(d), (e)", ["8.6.d", "8.6.e"]),
        ("then the credits (7.1.b); national (A.3); 12.50 ECTS, version 1.2.3", ["7.1.b", "A.3"]),
        ("Treaty on European Union, Art. 52", []),
        ("over two\n    lines, Art. 3(1)(b),\n    3(3)(a)", ["3.1.b", "3.3.a"]),
    ],
)
def test_citations_are_read_as_people_write_them(text, ids):
    assert list(cited(text)) == ids
