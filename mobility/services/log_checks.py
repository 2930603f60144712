"""Reading the log's chain every day, and keeping what was found (docs/record.md)."""

import logging

from django.db import transaction

from mobility import chain, log
from mobility.models import LogCheck

logger = logging.getLogger(__name__)


def check_log() -> LogCheck:
    """Compute the chain again, and look that the head of the last good reading is still in it."""
    verdict = log.verify(expect=last_good_head())
    if verdict.fault:
        logger.error("the log's chain: %s", chain.tell(verdict))
    row = verdict.fault.row if verdict.fault else None
    with transaction.atomic():
        return LogCheck.objects.create(
            count=verdict.count,
            number=verdict.number,
            head=verdict.head,
            fault=verdict.fault.kind if verdict.fault else "",
            fault_number=row["id"] if row else None,
        )


def last_good_head() -> tuple[int, str] | None:
    return LogCheck.objects.filter(fault="").values_list("number", "head").first()


def latest() -> LogCheck | None:
    return LogCheck.objects.first()
