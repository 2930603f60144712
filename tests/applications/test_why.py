"""Why this result: every code of the engine has its words, in both languages, with the figures."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation

from applications.models import Entry
from applications.views.dots import HIGHEST, dot_plot
from applications.views.sentences import WRITERS, outcome_sentence, sentence
from mobility.regulation import reason
from mobility.regulation.reason import Step
from tests.factories import StudentFactory
from tests.permissions.world import World

# The engine's table: code, clause and facts are its docstring's columns.
ROW = re.compile(r"^([a-z_]+) +(?:\d|the)", re.MULTILINE)
CODES = sorted(set(ROW.findall(reason.__doc__ or "")))
LAST = {"rank": 41, "average": "14.53", "tier": "admitted", "previous": False}
FACTS = {
    "ects": "114.5",
    "needed": "120",
    "average": "12.34",
    "merit": "granted",
    "above": "12.00",
    "opinion": "favourable",
    "tier": "conditional",
    "rank": 42,
    "total": 300,
    "units": 30,
    "enrolments": 4,
    "admitted": 250,
    "tied_with": ["AAAA-BBBB"],
    "seed": "the-seed",
    "lot": "0123456789abcdef" * 4,
    "programme": "MEIC-A",
    "places": 2,
    "last": LAST,
    "preference": 3,
    "destination": "S  LUND01",
    "ahead": 2,
    "scheme": "erasmus",
    "semesters": 1,
    "asked": 2,
    "votes": 17,
    "received": 5,
    "same_average": True,
}
NAMES = {"S  LUND01": "Lunds universitet"}


def words(code, language="en", **facts):
    given = FACTS | ({"average": "12.34", "needed": "12.50"} if code.startswith("average") else {}) | facts
    with translation.override(language):
        return sentence(Step("7.1", code, given), NAMES)


def test_the_table_was_read():
    assert len(CODES) > 25
    assert {"not_barred", "grants_used_up", "outrank_grant"} <= set(CODES)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("met", [True, False])
def test_every_code_has_words_in_both_languages(code, met):
    english, portuguese = (words(code, language, met=met) for language in ("en", "pt"))
    assert english.title
    assert english.text != portuguese.text
    assert "%(" not in english.text + portuguese.text


def test_no_words_for_what_the_engine_never_says():
    assert sorted(WRITERS) == CODES


@pytest.mark.parametrize(
    ("code", "facts", "said"),
    [
        ("first_cycle_ects", {"met": False}, "114.5 ECTS done; 5.5 are missing to the 120"),
        ("average_minimum", {"met": False, "needed": "12.00"}, "Average 12.34, under the minimum of 12.00."),
        ("opinion", {"met": False, "opinion": None}, "No opinion of the programme's coordinator was given"),
        ("opinion", {"met": False, "opinion": "unfavourable"}, "Unfavourable opinion"),
        ("opinion", {"met": None}, "Depends on a favourable opinion"),
        ("merit", {"met": False, "merit": "refused"}, "refused"),
        ("merit", {"met": False}, "not above 12.00"),
        ("rank", {}, "Number 42 of 300, with average 12.34, 114.5 ECTS in 30 units and 4 enrolments."),
        ("drawn", {}, "the-seed"),
        (
            "full",
            {},
            "Preference 3, Lunds universitet: its 2 places went to candidates ranked higher; the last ",
        ),
        ("full", {"places": 1}, "its 1 place went to a candidate ranked higher, number 41, with average 14.53."),
        ("full", {"last": None}, "it had no places"),
        ("taken", {"places": 1}, "its only place was free"),
        ("grants_used_up", {}, "The 5 Erasmus+ grants went to candidates who come first; the last one is number 41"),
        ("grants_used_up", {"last": None}, "No Erasmus+ grant was left."),
        ("outrank", {}, "The averages are equal: more ECTS"),
        ("outrank", {"same_average": False}, "rank above number 41, who has 14.53."),
    ],
)
def test_the_figures_are_said(code, facts, said):
    assert said in words(code, **facts).text


def test_portuguese_has_its_own_comma():
    assert "média 12,34, 114,5 ECTS" in words("rank", "pt").text


@pytest.mark.django_db
class TestPage:
    def read(self, client, user, application, status=200):
        client.force_login(user)
        client.cookies["django_language"] = "en"
        response = client.get(reverse("why", args=[application.public_id]))
        assert response.status_code == status
        return response.content.decode()

    @pytest.mark.clause("5.1")
    @pytest.mark.clause("6.3")
    def test_the_student_reads_outcome_path_and_hashes(self, client):
        world = World()
        text = self.read(client, world.people["owner"], world.result())
        assert "You have a place at" in text
        assert "Average 15.00; 12.50 is enough to be admitted." in text
        assert "Preference 1" in text
        assert world.run("published").decision_sha256 in text

    @pytest.mark.parametrize("state", ["decided", "confirmed", "homologated"])
    def test_before_publication_staff_alone_read_it(self, client, state):
        world = World()
        application = world.result(state)
        self.read(client, world.people["owner"], application, status=404)
        for role in ("coordinator", "nmci", "board", "auditor"):
            text = self.read(client, world.people[role], application)
            assert "This result is not published" in text
            assert "Placed at" in text

    def test_another_student_does_not_know_that_it_exists(self, client):
        world = World()
        self.read(client, StudentFactory().user, world.result(), status=404)

    def test_everybody_has_a_sentence(self):
        world = World()
        entry = world.run("published").entries.select_related("placement__institution").first()
        with translation.override("en"):
            assert outcome_sentence(entry, own=True).endswith("Without a grant.")
            waiting = Entry(tier="admitted", rank=7)
            assert "You are number 7" in outcome_sentence(waiting, own=True)
            assert "waits for a vacancy" in outcome_sentence(waiting, own=False)
            rejected = Entry(tier="rejected")
            assert outcome_sentence(rejected, own=True) == "Your application was not admitted."


class TestDots:
    def test_each_candidate_is_a_dot_and_ones_own_is_marked(self):
        plot = dot_plot([(Decimal("12.49"), 1), (Decimal("12.50"), 3), (Decimal("17.02"), 2)], Decimal("12.50"))
        assert len(plot.dots) == 6
        assert [dot.x for dot in plot.dots if dot.own] == [plot.own_x]
        assert plot.bands == [
            (Decimal("12.0"), Decimal("12.49"), 1, False),
            (Decimal("12.5"), Decimal("12.99"), 3, True),
            (Decimal("17.0"), Decimal("17.49"), 2, False),
        ]

    def test_a_great_many_stay_on_the_screen(self):
        plot = dot_plot([(Decimal("14.50"), 100_000)], None)
        assert plot.each > 1
        assert len(plot.dots) <= HIGHEST
        assert plot.own_x is None

    def test_nobody_with_an_average_is_no_picture(self):
        assert dot_plot([], None) is None
