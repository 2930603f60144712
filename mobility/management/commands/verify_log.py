"""Compute the log's chain again and say whether every row is as it was written."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mobility import chain, log

USAGE = 2


class Command(BaseCommand):
    help = (
        "Compute the log's chain again: how many rows, and the head to note down. Exit code 1: a row fails, and is "
        "named; 2: wrong usage."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--expect", metavar="NUMBER:HASH", help="a head noted earlier: fails when the log doesn't hold that row"
        )
        parser.add_argument(
            "--from-head", default="", metavar="HASH", help="read only what was written after this row, trusting it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            expect = chain.noted(options["expect"]) if options["expect"] else None
            verdict = log.verify(from_head=options["from_head"].lower(), expect=expect)
        except ValueError as error:
            raise CommandError(str(error), returncode=USAGE) from error
        except LookupError as error:
            raise CommandError("FAILS: no row of the log has the hash given as --from-head.", returncode=1) from error
        if verdict.fault:
            raise CommandError(chain.tell(verdict), returncode=1)
        self.stdout.write(chain.tell(verdict))
