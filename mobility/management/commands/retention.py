"""Take away the personal data that are past their period."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone, translation

from mobility.personal import retention
from mobility.privacy.retention import KINDS


class Command(BaseCommand):
    help = (
        "Take away the personal data that are past their period (docs/privacy.md), as the daily task does. "
        "Running it again does what is left. --dry-run counts and changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count what is past its period and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        counts = retention.counts(now) if options["dry_run"] else retention.apply(now=now).counts
        with translation.override("en"):
            for code, count in counts.items():
                self.stdout.write(f"{count:>7}  {code}: {KINDS[code].what}")
        if options["dry_run"]:
            self.stdout.write("Nothing was changed.")
