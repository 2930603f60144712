"""What waits on somebody: the items of the home page, made by each part of the portal for its own people."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from mobility.models import User

# A task is urgent when this little is left.
URGENT = timedelta(days=3)


class Section(Enum):
    """Where the item stands on the home page."""

    TO_DO = "to_do"
    WAITING = "waiting"
    DONE = "done"


@dataclass(frozen=True)
class Task:
    """One item: what (a sentence with its verb), the one link to it, by when, or since when if it is done.

    ``due`` is an aware instant; of what is done, the instant at which it was done.
    """

    title: str
    url: str = ""
    text: str = ""
    due: datetime | None = None
    section: Section = Section.TO_DO

    def urgency(self, now: datetime) -> str:
        """``overdue``, ``urgent`` or nothing; only what is to do can be either."""
        if self.section is not Section.TO_DO or self.due is None:
            return ""
        if self.due <= now:
            return "overdue"
        return "urgent" if self.due - now <= URGENT else ""


Provider = Callable[[User, datetime], Iterable[Task]]


@dataclass(frozen=True)
class Agenda:
    """Everybody's three lists: to do and waiting by date (undated last), done newest first."""

    to_do: tuple[Task, ...]
    waiting: tuple[Task, ...]
    done: tuple[Task, ...]


def gather(providers: Iterable[Provider], user: User, now: datetime) -> Agenda:
    """Ask every provider and sort what they give."""
    tasks = [task for provider in providers for task in provider(user, now)]
    dated = sorted((task for task in tasks if task.due), key=lambda task: task.due or now)
    undated = [task for task in tasks if not task.due]

    def of(section: Section, items: list[Task]) -> tuple[Task, ...]:
        return tuple(task for task in items if task.section is section)

    return Agenda(
        to_do=of(Section.TO_DO, dated + undated),
        waiting=of(Section.WAITING, dated + undated),
        done=of(Section.DONE, dated[::-1] + undated),
    )
