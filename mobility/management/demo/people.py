"""The demo's people: accounts that a visitor may use, coordinators of every programme, students."""

import datetime
import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from random import Random

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password

from mobility.demonstration import (
    COORDINATED,
    COORDINATOR,
    COORDINATOR_OF_ALL,
    FACTOR_SECRET,
    NOT_YET_TOLD,
    PASSWORD,
    STAFF,
    WITHOUT_FACTOR,
)
from mobility.log import dated
from mobility.management.demo.names import full_name, mailbox
from mobility.models import Membership, NoticeAcceptance, Programme, Role, Student, User
from mobility.privacy.notices import CURRENT
from mobility.sealing import seal
from mobility.workflow import record_many

STUDENT_PROGRAMME = "MEIC-A"

# By how many of a thousand students have it.
NATIONALITIES = (("PT", 880), ("BR", 40), ("AO", 15), ("CV", 15), ("ES", 10), ("IT", 10), ("FR", 8), ("DE", 5),
                 ("CN", 6), ("IN", 5), ("UA", 4), ("SY", 2))  # fmt: skip


@dataclass
class People:
    """Who there is; ``coordinators`` by the programme's primary key."""

    staff: dict[str, User] = field(default_factory=dict)
    coordinators: dict[int, User] = field(default_factory=dict)


def make_staff(*, since: datetime.date, dice: Random) -> People:
    """Everybody who isn't a student, with roles in force since a day and e-mail addresses confirmed."""
    people = People()
    users = {role: User(email=email, name=name) for role, email, name in STAFF}
    main = User(email=COORDINATOR[0], name=COORDINATOR[1])
    programmes = list(Programme.objects.order_by("code"))
    others = {
        programme.pk: User(email=f"coordenacao.{programme.code.lower()}@example.org", name=full_name(dice))
        for programme in programmes
        if programme.code not in COORDINATED
    }
    general = User(email=COORDINATOR_OF_ALL[0], name=COORDINATOR_OF_ALL[1])
    _save([*users.values(), main, general, *others.values()])
    people.staff = {role.value: user for role, user in users.items()}
    people.coordinators = {programme.pk: others.get(programme.pk, main) for programme in programmes}
    board = users[Role.BOARD]
    memberships = [Membership(user=user, role=role, starts_on=since, given_by=board) for role, user in users.items()]
    memberships += [
        Membership(user=user, role=Role.COORDINATOR, programme=programme, starts_on=since, given_by=board)
        for programme in programmes
        for user in (people.coordinators[programme.pk], general)
    ]
    Membership.objects.bulk_create(memberships)
    with dated(datetime.datetime.combine(since, datetime.time(9), datetime.UTC)):
        record_many(memberships, "give", by=board)
    _set_up_factors({membership.user for membership in memberships if membership.user.email != WITHOUT_FACTOR})
    return people


def make_colleague(email: str, name: str) -> User:
    """An account without a role yet, ready to sign in."""
    user = User(email=email, name=name)
    _save([user])
    _set_up_factors([user])
    return user


def _set_up_factors(users: Iterable[User]) -> None:
    """The same secret for all: the page that asks for the code shows it, because nobody has their phones."""
    Authenticator.objects.bulk_create(
        Authenticator(user=user, type=Authenticator.Type.TOTP, data={"secret": seal(FACTOR_SECRET)}) for user in users
    )


def make_students(count: int, *, first_number: int, year: int, on: datetime.date, dice: Random) -> list[Student]:
    """Students spread over the programmes by the size of their curricula."""
    weights = _weights()
    programmes = dice.choices(list(weights), list(weights.values()), k=count)
    users, students = [], []
    for index, programme in enumerate(programmes):
        number = f"ist1{first_number + index:05d}"
        name = full_name(dice)
        country = dice.choices([code for code, _ in NATIONALITIES], [weight for _, weight in NATIONALITIES])[0]
        language = "pt" if country in {"PT", "BR", "AO", "CV"} else "en"
        users.append(User(email=mailbox(name, number), name=name, language=language, institutional_id=number))
        students.append(_student(users[-1], number, programme, year, country, on, dice))
    return _save_students(users, students)


def make_demo_student(email: str, name: str, *, number: str, year: int) -> Student:
    """An account that a visitor signs in with."""
    user = User(email=email, name=name, institutional_id=number)
    programme = Programme.objects.get(code=STUDENT_PROGRAMME)
    student = Student(user=user, number=number, programme=programme, curricular_year=year, nationality="PT")
    return _save_students([user], [student])[0]


def _weights() -> Mapping[Programme, int]:
    found = Programme.objects.prefetch_related("course_units").order_by("code")
    return {programme: 3 + programme.course_units.count() for programme in found}


def _student(
    user: User, number: str, programme: Programme, year: int, country: str, on: datetime.date, dice: Random
) -> Student:
    foreign = country in {"BR", "AO", "CV", "CN", "IN", "UA"}
    permit = on + datetime.timedelta(days=dice.randint(-60, 900)) if foreign and dice.random() < 0.85 else None
    return Student(
        user=user,
        number=number,
        programme=programme,
        curricular_year=year,
        nationality=country,
        residence_permit_until=permit,
        refugee_or_stateless=country == "SY",
        earlier_grant=dice.random() < 0.07,
        barred_until_year=on.year + 1 if dice.random() < 0.008 else None,
    )


def _save_students(users: list[User], students: list[Student]) -> list[Student]:
    _save(users)
    for student, user in zip(students, users, strict=True):
        student.user = user
    return Student.objects.bulk_create(students)


def _save(users: Iterable[User]) -> None:
    """One password for all: hashing it once for each would take minutes."""
    made = list(users)
    for user in made:
        user.password = _hash()
    User.objects.bulk_create(made)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in made
    )
    NoticeAcceptance.objects.bulk_create(
        NoticeAcceptance(user=user, version=CURRENT.version, language=user.language)
        for user in made
        if user.email != NOT_YET_TOLD
    )


@functools.cache
def _hash() -> str:
    return make_password(PASSWORD)
