"""Who may have an Erasmus+ grant."""

import datetime

import pytest

from mobility.regulation.eligibility import ASSOCIATED_COUNTRIES, MEMBER_STATES, erasmus_grant

TODAY = datetime.date(2026, 11, 20)
YESTERDAY = TODAY - datetime.timedelta(days=1)

pytestmark = pytest.mark.clause("4.2")


def grant(nationality="BR", permit=None, refugee=False, **more):
    found = erasmus_grant(
        nationality=nationality, residence_permit_until=permit, refugee_or_stateless=refugee, on=TODAY, **more
    )
    return found.eligible, found.clause, found.reason


def test_there_are_27_member_states_and_6_associated_countries():
    assert (len(MEMBER_STATES), len(ASSOCIATED_COUNTRIES), MEMBER_STATES & ASSOCIATED_COUNTRIES) == (27, 6, set())


@pytest.mark.parametrize("country", ["PT", "GR", "HR"])
def test_nationals_of_a_member_state_are_eligible_without_a_permit(country):
    assert grant(country) == (True, "4.2.a", "member_state")


@pytest.mark.parametrize("country", ["TR", "NO", "RS"])
def test_nationals_of_an_associated_country_are_eligible_without_a_permit(country):
    assert grant(country) == (True, "4.2.a", "associated_country")


@pytest.mark.parametrize("country", ["GB", "CH", "BR", "UA"])
def test_others_are_not_eligible_without_a_permit(country):
    assert grant(country) == (False, "4.2.b", "no_permit")


def test_without_a_nationality_a_permit_or_a_status_decides_alone():
    assert grant("") == (False, "4.2.a", "nationality_unknown")
    assert grant("", permit=TODAY) == (True, "4.2.b", "residence_permit")
    assert grant("", refugee=True) == (True, "4.2.c", "refugee_or_stateless")


def test_a_permit_is_valid_through_its_last_day():
    assert grant(permit=TODAY) == (True, "4.2.b", "residence_permit")
    assert grant(permit=YESTERDAY) == (False, "4.2.b", "permit_expired")


def test_a_permit_counts_only_with_an_enrolment_that_leads_to_a_degree():
    assert grant(permit=TODAY, in_degree_programme=False) == (False, "4.2.b", "no_degree")


def test_a_recognised_refugee_needs_no_permit():
    assert grant("SY", refugee=True) == (True, "4.2.c", "refugee_or_stateless")
    assert grant("SY", permit=YESTERDAY, refugee=True) == (True, "4.2.c", "refugee_or_stateless")
