"""A bad case is refused whole, with the path of the fault and what is wrong."""

import json
from copy import deepcopy

import pytest

from mobility.regulation.case import CaseError, canonical, load, parse, sha256
from tests.regulation.making import candidate, case, destination

GONE = object()


def good():
    hosts = [destination("HOST", programmes=["MEIC"]), destination("OTHER", scheme=None)]
    return case(candidate("a"), candidate("b"), destinations=hosts)


def changed(path, value):
    """A good case with one value replaced, added or (`GONE`) taken away."""
    data = good()
    at = data
    *way, last = path
    for step in way:
        at = at[step]
    if value is GONE:
        del at[last]
    else:
        at[last] = value
    return data


BAD = [
    (("edition",), "2019-01", "edition: '2019-01' is not '2018-12'"),
    (("edition",), GONE, "edition: is missing"),
    (("extra",), 1, "extra: is not a property of a case"),
    (("call",), [], "call: a list is not an object"),
    (("call", "code"), "", "call.code: '' is not a text that is not empty"),
    (("call", "kind"), "SMT", "call.kind: 'SMT' is not 'SMS' or 'SMP'"),
    (("call", "draw_seed"), 7, "call.draw_seed: 7 is not a text that is not empty"),
    (("call", "year"), 2026, "call.year: is not a property of a case"),
    (("programmes",), {}, "programmes: an object is not a list"),
    (("programmes", 0), "MEIC", "programmes[0]: 'MEIC' is not an object"),
    (("programmes", 0, "places"), -1, "programmes[0].places: -1 is not an integer that is not negative, or null"),
    (("programmes", 0, "places"), True, "programmes[0].places: true is not an integer that is not negative, or null"),
    (("destinations", 0, "places"), None, "destinations[0].places: null is not an integer that is not negative"),
    (("destinations", 0, "places"), "2", "destinations[0].places: '2' is not an integer that is not negative"),
    (
        ("destinations", 0, "scheme"),
        "other",
        "destinations[0].scheme: 'other' is not 'erasmus', 'santander' or null",
    ),
    (
        ("destinations", 0, "programmes"),
        ["MEEC"],
        "destinations[0].programmes[0]: 'MEEC' is not the code of a programme",
    ),
    (("destinations", 0, "programmes"), None, "destinations[0].programmes: null is not a list of programme codes"),
    (("destinations", 0, "city"), "Delft", "destinations[0].city: is not a property of a case"),
    (("destinations", 1, "code"), "HOST", "destinations[1].code: 'HOST' is already destinations[0]"),
    (("candidates", 1, "id"), "a", "candidates[1].id: 'a' is already candidates[0]"),
    (("candidates", 1, "id"), "", "candidates[1].id: '' is not a text that is not empty"),
    (("candidates", 1, "programme"), "MEEC", "candidates[1].programme: 'MEEC' is not the code of a programme"),
    (("candidates", 1, "semesters"), 3, "candidates[1].semesters: 3 is not 1 or 2"),
    (("candidates", 1, "semesters"), True, "candidates[1].semesters: true is not 1 or 2"),
    (("candidates", 1, "preferences"), [], "candidates[1].preferences: at least one preference is needed"),
    (
        ("candidates", 1, "preferences"),
        ["HOST", "OTHER", "HOST"],
        "candidates[1].preferences[2]: 'HOST' is repeated",
    ),
    (
        ("candidates", 1, "preferences"),
        ["HOST", "MARS"],
        "candidates[1].preferences[1]: 'MARS' is not the code of a destination",
    ),
    (
        ("candidates", 1, "preferences"),
        [["HOST"]],
        "candidates[1].preferences[0]: a list is not the code of a destination",
    ),
    (("candidates", 1, "preferences"), "HOST", "candidates[1].preferences: 'HOST' is not a list of destination codes"),
    (("candidates", 1, "ects"), "12,5", "candidates[1].ects: '12,5' is not a decimal number"),
    (("candidates", 1, "ects"), "-1", "candidates[1].ects: '-1' is not a decimal number"),
    (("candidates", 1, "ects"), "1e3", "candidates[1].ects: '1e3' is not a decimal number"),
    (("candidates", 1, "ects"), "12.", "candidates[1].ects: '12.' is not a decimal number"),
    (("candidates", 1, "ects"), "12\n", "candidates[1].ects: '12\\n' is not a decimal number"),
    (("candidates", 1, "ects"), "१२", "candidates[1].ects: '१२' is not a decimal number"),
    (("candidates", 1, "ects"), 180, "candidates[1].ects: 180 is not a decimal number"),
    (("candidates", 1, "ects"), None, "candidates[1].ects: null is not a decimal number"),
    (("candidates", 1, "graded_ects"), "9" * 101, f"candidates[1].graded_ects: '{'9' * 56}... is not a decimal number"),
    (("candidates", 1, "units"), "30", "candidates[1].units: '30' is not an integer that is not negative"),
    (("candidates", 1, "units"), False, "candidates[1].units: false is not an integer that is not negative"),
    (("candidates", 1, "units"), -(10**50), "candidates[1].units: an integer of more than 38 digits is not an integer"),
    (("candidates", 1, "enrolments"), -1, "candidates[1].enrolments: -1 is not an integer that is not negative"),
    (("candidates", 1, "barred"), 0, "candidates[1].barred: 0 is not true or false"),
    (
        ("candidates", 1, "will_meet_requirements"),
        None,
        "candidates[1].will_meet_requirements: null is not true or false",
    ),
    (("candidates", 1, "opinion"), "yes", "candidates[1].opinion: 'yes' is not 'favourable', 'unfavourable' or null"),
    (("candidates", 1, "merit"), [], "candidates[1].merit: a list is not 'granted', 'refused' or null"),
    (("candidates", 1, "merit"), GONE, "candidates[1].merit: is missing"),
    (("candidates", 1, "na\nme"), 1, "candidates[1].'na\\nme': is not a property of a case"),
    (("candidates", 1, "grant"), None, "candidates[1].grant: null is not an object"),
    (("candidates", 1, "grant", "wanted"), "yes", "candidates[1].grant.wanted: 'yes' is not true or false"),
    (("candidates", 1, "grant", "wanted"), GONE, "candidates[1].grant.wanted: is missing"),
    (("candidates", 1, "grant", "more"), 1, "candidates[1].grant.more: is not a property of a case"),
    (("candidates", 1), None, "candidates[1]: null is not an object"),
    (("grants", "erasmus"), -1, "grants.erasmus: -1 is not an integer that is not negative, or null"),
    (("grants", "erasmus"), True, "grants.erasmus: true is not an integer that is not negative, or null"),
    (("grants", "erasmus"), 1_000_001, "grants.erasmus: 1000001 is more than 1000000 grants"),
    (("grants", "santander"), "15", "grants.santander: '15' is not an integer that is not negative, or null"),
    (("grants", "redistribute"), None, "grants.redistribute: null is not false or true"),
    (("candidates", 1, "id"), "a\ud800", "candidates[1].id: is not text (half a character)"),
]


@pytest.mark.parametrize(("path", "value", "message"), BAD, ids=[message[:60] for *_, message in BAD])
def test_one_fault(path, value, message):
    with pytest.raises(CaseError) as refused:
        parse(changed(path, value))
    assert str(refused.value).startswith(message)
    assert "\n" not in str(refused.value)
    assert refused.value.path == str(refused.value).split(": ")[0]


def test_the_good_case_is_good():
    assert len(parse(good()).candidates) == 2


def test_nothing_at_all_is_refused():
    for nothing in (None, [], "", 0):
        with pytest.raises(CaseError, match=r"^\$: "):
            parse(nothing)


def test_a_case_without_candidates_is_a_case():
    assert len(parse(case(programmes=[])).candidates) == 0


def text_of(data):
    return json.dumps(data).encode()


FILES = {
    "empty": (b"", "$: not JSON: Expecting value at line 1 column 1"),
    "five megabytes of spaces": (b" " * 5_000_000, "$: not JSON: Expecting value at line 1 column 5000001"),
    "five megabytes of lines": (b"\n" * 5_000_000, "$: not JSON: Expecting value at line 5000001 column 1"),
    "five megabytes of nothing": (b"\0" * 5_000_000, "$: not JSON: Expecting value at line 1 column 1"),
    "five megabytes of 0": (b"0" * 5_000_000, "$: not JSON: Extra data at line 1 column 2"),
    "five megabytes of 9": (b"9" * 5_000_000, "$: an integer has too many digits"),
    "truncated": (text_of(good())[:-200], "$: not JSON: "),
    "cut at half": (text_of(good())[:700], "$: not JSON: "),
    "not UTF-8": (text_of(good()).replace(b"HOST", "PÓRTO".encode("cp1252")), "$: not UTF-8 (byte "),
    "UTF-16": (json.dumps(good()).encode("utf-16"), "$: not UTF-8 (byte 0)"),
    "byte order mark": (b"\xef\xbb\xbf" + text_of(good()), "$: starts with a byte order mark"),
    "deep": (b"[" * 200_000, "$: nested too deeply"),
    "deep inside": (text_of(good()).replace(b'"180"', b"[" * 100_000 + b"]" * 100_000), "$: nested too deeply"),
    "NaN": (text_of(changed(("candidates", 1, "units"), float("nan"))), "candidates[1].units: NaN is not an integer"),
    "infinity": (
        text_of(changed(("grants", "erasmus"), float("-inf"))),
        "grants.erasmus: -Infinity is not an integer",
    ),
    "float for an integer": (
        text_of(changed(("candidates", 0, "units"), 30.0)),
        "candidates[0].units: 30.0 is not an integer",
    ),
    "float for a decimal": (
        text_of(changed(("candidates", 0, "ects"), 12.5)),
        "candidates[0].ects: 12.5 is not a decimal number",
    ),
    "huge float": (
        text_of(good()).replace(b'"units": 30', b'"units": 1e999999'),
        "candidates[0].units: 1E+999999 is not an integer",
    ),
    "key twice": (
        text_of(good()).replace(b'"units": 30', b'"units": 30, "units": 31'),
        "candidates[0]: the key 'units' is given twice",
    ),
    "key twice inside": (
        text_of(good()).replace(b'"wanted": true', b'"wanted": true, "wanted": true'),
        "candidates[0].grant: the key 'wanted' is given twice",
    ),
    "key twice on top": (text_of(good())[:-1] + b', "edition": "2018-12"}', "$: the key 'edition' is given twice"),
    "a text": (b'"case"', "$: 'case' is not an object"),
}


@pytest.mark.parametrize("name", FILES)
def test_bad_file(name, tmp_path):
    content, message = FILES[name]
    path = tmp_path / "case.json"
    path.write_bytes(content)
    with pytest.raises(CaseError) as refused:
        load(path)
    assert str(refused.value).startswith(message)


def test_canonical_json():
    data = {"b": ["é", 1, None], "a": {"z": True, "y": '"\n'}}
    assert canonical(data) == '{"a":{"y":"\\"\\n","z":true},"b":["é",1,null]}'.encode()
    assert sha256({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


def test_the_hash_is_that_of_what_was_given_not_of_its_order():
    data = good()
    turned = dict(reversed(deepcopy(data).items()))
    assert parse(turned).input_sha256 == parse(data).input_sha256 == sha256(data)
    assert parse(data, input_sha256="known").input_sha256 == "known"
