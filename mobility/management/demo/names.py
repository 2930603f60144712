"""Invented people with names as one meets them in Lisbon."""

from random import Random

from mobility.models import folded

# fmt: off
GIVEN = (
    "Maria", "Leonor", "Matilde", "Beatriz", "Carolina", "Mariana", "Ana", "Inês", "Sofia", "Margarida", "Francisca",
    "Catarina", "Joana", "Rita", "Marta", "Sara", "Teresa", "Madalena", "Diana", "Helena", "Filipa", "Laura", "Alice",
    "João", "Francisco", "Afonso", "Tomás", "Duarte", "Miguel", "Martim", "Rodrigo", "Pedro", "Tiago", "Gonçalo",
    "Diogo", "Guilherme", "Rafael", "Bernardo", "António", "José", "Manuel", "Vasco", "Henrique", "André", "Nuno",
    "Ricardo", "Rui", "Simão", "Xavier", "Filipe", "Luís", "Eduardo", "Bruno", "Daniel", "Hugo", "Lourenço",
)
FAMILY = (
    "Silva", "Santos", "Ferreira", "Pereira", "Oliveira", "Costa", "Rodrigues", "Martins", "Sousa", "Fernandes",
    "Gonçalves", "Gomes", "Lopes", "Marques", "Alves", "Almeida", "Ribeiro", "Pinto", "Carvalho", "Teixeira",
    "Moreira", "Correia", "Mendes", "Nunes", "Soares", "Vieira", "Monteiro", "Cardoso", "Rocha", "Raposo", "Neves",
    "Coelho", "Cruz", "Cunha", "Pires", "Ramos", "Reis", "Simões", "Antunes", "Matos", "Fonseca", "Machado", "Araújo",
    "Barbosa", "Tavares", "Lourenço", "Castro", "Figueiredo", "Azevedo", "Freitas", "Magalhães", "Henriques", "Lima",
    "Guerreiro", "Batista", "Pinheiro", "Faria", "Miranda", "Barros", "Morais", "Nogueira", "Esteves", "Anjos",
)
# fmt: on
LINKS = ("", "", "", "", "da ", "de ", "dos ")


def full_name(dice: Random) -> str:
    """One or two given names, two family names."""
    given = dice.sample(GIVEN, 2 if dice.random() < 0.35 else 1)
    mother, father = dice.sample(FAMILY, 2)
    return f"{' '.join(given)} {mother} {dice.choice(LINKS)}{father}"


def mailbox(name: str, number: str) -> str:
    """An address that can't reach anybody (RFC 2606)."""
    words = folded(name).split()
    return f"{words[0]}.{words[-1]}.{number}@example.org"
