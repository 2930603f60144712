"""The accounts of the demo that a visitor may use: the demo makes them, its sign-in page lists them."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mobility.models import Role

PASSWORD = "Lisboa-Estocolmo-27"  # nosec B105  # of invented people; printed by the command
# What the phones of all of them would hold: the page that asks for the code shows it.
FACTOR_SECRET = "MOBILIDADEISTMOBILIDADEISTLISBOA"  # nosec B105  # of invented people as well

# Role, e-mail, name: one person each, known by their title. The board member first, who gives the others their roles.
STAFF = (
    (Role.BOARD, "direcao@example.org", "Helena Vaz de Carvalho"),
    (Role.NMCI, "nmci@example.org", "Ana Paula Ferreira"),
    (Role.AUDITOR, "auditor@example.org", "Jorge Barata Feio"),
    (Role.ADMINISTRATOR, "administrador@example.org", "Nuno Sequeira"),
    (Role.ACADEMIC_OFFICE, "academica@example.org", "Graça Leitão"),
    (Role.SCIENTIFIC_COUNCIL, "conselho.cientifico@example.org", "Isabel Távora"),
    (Role.DEPARTMENT, "departamento@example.org", "Carlos Brandão"),
)
# So that a visitor sees how a second factor is set up.
WITHOUT_FACTOR = "departamento@example.org"
COORDINATOR = ("coordenacao@example.org", "Luísa Quintela")
COORDINATED = ("MEIC-A", "MEIC-T")
# Shares every programme with its own coordinator (Art. 2(3)): one visitor can confirm a whole run.
COORDINATOR_OF_ALL = ("coordenacao.geral@example.org", "Duarte Sampaio")
# Coordinator, substitute of another one, and delegate of the board member (Art. 2): chooses after signing in.
SEVERAL_ROLES = ("varios.papeis@example.org", "Tomás Rebelo")
STUDENT = ("estudante@example.org", "Inês Marques Teixeira")
PLACED = ("colocada@example.org", "Beatriz Nunes Fonseca")

# Finds the privacy notice first, as everybody does once; the others have taken note of it.
NOT_YET_TOLD = "departamento@example.org"


def visitors() -> list[tuple[str, str | Promise]]:
    """E-mail and role of each, in the order of the story: who applies, coordinates, closes, homologates."""
    titles = dict(Role.choices)
    return [
        (STUDENT[0], _("Student, may still apply")),
        (PLACED[0], _("Student, placed last year")),
        (COORDINATOR[0], titles[Role.COORDINATOR]),
        (COORDINATOR_OF_ALL[0], _("Coordinator of all programmes")),
        (SEVERAL_ROLES[0], _("Coordinator, substitute and delegate: three roles")),
        *((email, titles[role]) for role, email, _name in sorted(STAFF, key=lambda row: row[0] != Role.NMCI)),
    ]
