"""The tables of applications and runs."""

from applications.models import Application, Run
from applications.permissions import coordinates_a_programme_of, homologates_results, is_nmci, is_portal, owns
from mobility.workflow import Table, Transition

APPLICATION = Table(
    Application,
    [
        Transition("submit", ("draft", "submitted", "withdrawn"), "submitted", owns, "6.3"),
        Transition("withdraw", ("submitted",), "withdrawn", owns, "6.4"),
    ],
)

RUN = Table(
    Run,
    [
        Transition("start", ("queued", "running"), "running", is_portal, "3.3.a"),
        Transition("decide", ("running",), "decided", is_portal, "3.3.a"),
        Transition("fail", ("queued", "running"), "failed", is_portal, "3.3.a"),
        Transition("cancel", ("queued", "running"), "cancelled", is_nmci | is_portal, "2.2"),
        Transition("confirm", ("decided",), "confirmed", coordinates_a_programme_of, "3.3.a"),
        Transition("homologate", ("confirmed",), "homologated", homologates_results, "3.1.b"),
        Transition("return", ("confirmed",), "returned", homologates_results, "3.1.b"),
        Transition("publish", ("homologated",), "published", is_nmci, "6.2"),
        Transition(
            "supersede",
            ("decided", "confirmed", "returned", "homologated", "published"),
            "superseded",
            is_nmci | is_portal,
            "3.1.b",
        ),
    ],
)
