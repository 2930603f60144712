"""Periods: whole years and days of Lisbon's calendar, in both languages."""

from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.utils import translation

from mobility.privacy.retention import KINDS, Period


def at(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("period", "now", "limit"),
    [
        (Period(days=7), at(2026, 11, 20, 12), at(2026, 11, 13, 12)),
        (Period(years=1), at(2026, 11, 20, 12), at(2025, 11, 20, 12)),
        (Period(years=1), at(2028, 2, 29, 12), at(2027, 2, 28, 12)),
        # The clock changed in between: noon in Lisbon is noon in Lisbon.
        (Period(days=30), at(2026, 11, 20, 12), at(2026, 10, 21, 11)),
        (Period(days=7), at(2026, 3, 1, 12), at(2026, 2, 22, 12)),
    ],
)
def test_the_limit_lies_whole_years_or_days_back(period, now, limit):
    assert period.before(now) == limit


@pytest.mark.parametrize(
    ("now", "year"),
    [
        # 2020/21 ended on 31 August 2021: five years later, its last day is over.
        (at(2026, 8, 31, 12), 2019),
        (at(2026, 9, 1, 12), 2020),
        (at(2026, 12, 31, 12), 2020),
        (at(2027, 1, 1, 12), 2020),
        (at(2027, 9, 1, 0), 2021),
    ],
)
def test_an_academic_year_is_past_its_period_when_its_last_day_is(now, year):
    assert Period(years=5).last_academic_year(now) == year


def test_periods_are_said_in_both_languages():
    with translation.override("pt"):
        assert [str(Period(years=1)), str(Period(years=5)), str(Period(days=7))] == ["1 ano", "5 anos", "7 dias"]
        assert KINDS["application"].kept_until == "5 anos após o fim do ano letivo da mobilidade"
    with translation.override("en"):
        assert KINDS["draft"].kept_until == "1 year after the call closed"


def test_sessions_last_as_long_as_the_notice_says():
    assert KINDS["session"].period.days * 86_400 == settings.SESSION_COOKIE_AGE
