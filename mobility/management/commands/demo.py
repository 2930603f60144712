"""Fill an empty database with a realistic year and say who can sign in."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from mobility import demonstration
from mobility.management.demo import story
from mobility.models import Role

FEWEST, MOST = 10, 3000


class Command(BaseCommand):
    help = (
        "Fill the database with invented people and real institutions: an open call, one that waits for the board, "
        "and last year's published one. A second time changes nothing; --fresh makes it anew. "
        "Refuses a database that has other people in it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=2018, help="the same seed makes the same data (2018)")
        parser.add_argument("--candidates", type=int, default=300, help="of the open call (300)")
        parser.add_argument("--fresh", action="store_true", help="empty the demo's database first")

    def handle(self, *args: Any, **options: Any) -> None:
        if not FEWEST <= options["candidates"] <= MOST:
            raise CommandError(f"--candidates takes a number from {FEWEST} to {MOST}.", returncode=2)
        if story.holds_other_people():
            raise CommandError("The database has people who aren't the demo's. Use an empty one; nothing was changed.")
        if story.is_built() and not options["fresh"]:
            self.stdout.write("The demo data are there already (--fresh makes them anew).")
        else:
            self._build(options["seed"], options["candidates"])
        self._accounts()

    def _build(self, seed: int, candidates: int) -> None:
        if story.is_begun():
            self.stdout.write("Emptying the demo's database")
            call_command("flush", interactive=False, verbosity=0)
        story.build(seed=seed, candidates=candidates, now=timezone.now(), say=self.stdout.write)

    def _accounts(self) -> None:
        rows = [
            ("Student, may still apply", demonstration.STUDENT[0]),
            ("Student, placed last year", demonstration.PLACED[0]),
            (f"Coordinator of {' and '.join(demonstration.COORDINATED)}", demonstration.COORDINATOR[0]),
            ("Coordinator of all programmes", demonstration.COORDINATOR_OF_ALL[0]),
            ("Coordinator, substitute and delegate", demonstration.SEVERAL_ROLES[0]),
            *((Role(role).value.replace("_", " ").capitalize(), email) for role, email, _name in demonstration.STAFF),
        ]
        width = max(len(who) for who, _email in rows)
        self.stdout.write("\nSign in as")
        for who, email in rows:
            self.stdout.write(f"  {who:<{width}}  {email}")
        self.stdout.write(f"Password of all: {demonstration.PASSWORD}")
