"""The variables: those that the settings read, those of .env.example and those of the compose file agree."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
COMPOSE_TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load(COMPOSE_TEXT)
VARIABLE = re.compile(r"\$\{(\w+)(:[-?][^}]*)?\}")
PORTAL_SERVICES = ("web", "worker", "beat", "migrate")


def read_by_the_settings() -> set[str]:
    """The first argument of every ``env.<type>("NAME", ...)`` in the settings."""
    tree = ast.parse((ROOT / "mobility/settings.py").read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    return {
        call.args[0].value
        for call in calls
        if isinstance(call.func.value, ast.Name) and call.func.value.id == "env" and call.func.attr != "read_env"
    }


def listed() -> set[str]:
    return set(re.findall(r"^(?:# )?([A-Z][A-Z_]+)=", EXAMPLE, re.MULTILINE))


def read_by_compose_alone() -> set[str]:
    _, _, last = EXAMPLE.partition("Read by docker-compose.yml alone")
    return set(re.findall(r"^(?:# )?([A-Z][A-Z_]+)=", last, re.MULTILINE))


def test_the_example_lists_what_the_settings_read_and_no_more():
    assert "SECRET_KEY" in read_by_the_settings()
    assert listed() - read_by_compose_alone() == read_by_the_settings()


def test_only_the_settings_read_the_environment():
    readers = [
        path.relative_to(ROOT)
        for folder in ("mobility", "applications", "scholarships", "recognition")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"os\.environ\[|os\.environ\.get|os\.getenv|environ\.get\(", path.read_text(encoding="utf-8"))
    ]
    assert [str(path) for path in readers] == []


def test_every_variable_of_the_compose_file_is_in_the_example():
    used = {name for name, _ in VARIABLE.findall(COMPOSE_TEXT)}
    assert used - listed() == set()
    assert read_by_compose_alone() - used == set(), "listed for compose, and compose doesn't read it"


def test_the_compose_file_passes_on_only_what_the_settings_read():
    for name in PORTAL_SERVICES:
        assert set(COMPOSE["services"][name]["environment"]) - read_by_the_settings() == set()


# What a container has no use for: the image says it, or it is for a laptop.
OF_NO_CONTAINER = {"DEMO", "DEBUG", "VAR_DIR", "STATIC_MANIFEST", "CACHE_PREFIX", "CELERY_QUEUE"}


def test_whoever_runs_the_containers_can_set_the_rest():
    passed_on = set(COMPOSE["services"]["web"]["environment"])
    assert read_by_the_settings() - passed_on == OF_NO_CONTAINER


def test_a_missing_secret_stops_compose_with_a_sentence():
    secrets = {"SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD", "SITE_URL", "ALLOWED_HOSTS", "EMAIL_URL"}
    for name, rest in VARIABLE.findall(COMPOSE_TEXT):
        if name in secrets:
            assert rest.startswith(":?Set "), f"{name} without a message"


def test_every_service_says_how_it_is():
    assert set(COMPOSE["services"]) == {"migrate", "web", "worker", "beat", "postgres", "redis"}
    for name, service in COMPOSE["services"].items():
        if name == "migrate":  # runs once: the others wait for its success
            assert service["restart"] == "no"
        else:
            assert service["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}, name
    for name in ("web", "worker", "beat"):
        assert COMPOSE["services"][name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
        assert COMPOSE["services"][name]["depends_on"]["redis"]["condition"] == "service_healthy"


def test_the_image_is_hash_checked_and_not_run_by_root():
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    steps = [line for line in text.splitlines() if line and not line.startswith(("#", " "))]
    assert "--require-hashes" in text
    assert steps.index("USER portal") < next(i for i, line in enumerate(steps) if line.startswith("CMD"))
    assert any(line.startswith("HEALTHCHECK") for line in steps)
    copied = {word for line in steps if line.startswith("COPY") and "--from" not in line for word in line.split()[1:-1]}
    missing = {name for name in copied if not (ROOT / name).exists()}
    assert missing == set()


def command(*options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **variables}
    return subprocess.run(
        [sys.executable, "manage.py", "check", *options],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_settings_of_the_tests_are_accepted():
    assert command().returncode == 0


def test_in_production_nothing_is_left_open(monkeypatch):
    monkeypatch.delenv("DJANGO_ALLOW_ASYNC_UNSAFE")  # the browser tests' own
    secret = "".join(map(chr, range(ord("0"), ord("z"))))
    checks = command(
        "--deploy",
        "--fail-level=WARNING",
        SECRET_KEY=secret,
        SITE_URL="https://mobility.example.org",
        ALLOWED_HOSTS="mobility.example.org",
        BEHIND_PROXY="true",
    )
    assert (checks.returncode, checks.stderr) == (0, "")
    assert "no issues" in checks.stdout


@pytest.mark.parametrize(
    ("variable", "value", "advice"),
    [
        ("SECRET_KEY", "", "Put a long random text"),
        ("DATABASE_URL", "garbage", "Not a valid database URL"),
        ("DATABASE_URL", "mysql://root@127.0.0.1/portal", "starts with postgres:// or sqlite:///"),
        ("DATABASE_URL", "postgres://u:p@host:port/name", "Not a valid database URL"),
        ("REDIS_URL", "localhost", "for instance redis://"),
        ("EMAIL_URL", "mail.example.org", "submission://"),
        ("JOB_STALLED_AFTER_SECONDS", "abc", "Not a valid integer"),
        ("JOB_STALLED_AFTER_SECONDS", "0", "greater than or equal to 1"),
        ("JOB_CHECK_SECONDS", "often", "Not a valid number"),
        ("DEBUG", "perhaps", "Not a valid boolean"),
        ("BEHIND_PROXY", "2", "Not a valid boolean"),
        ("LOG_LEVEL", "LOUD", "Not a valid log level"),
        ("VAR_DIR", "/proc/nowhere", "Name a folder that can"),
        ("OIDC_PROVIDERS", "tecnico", "is not JSON (line 1, column 1"),
        ("OIDC_PROVIDERS", "{}", "must be a list of providers"),
        ("OIDC_PROVIDERS", '["tecnico"]', "each provider is an object"),
        ("OIDC_PROVIDERS", '[{"id": "The One"}]', "“The One” is no id"),
        ("SAML_PROVIDERS", '[{"id": "university", "colour": "blue"}]', "“university”: “colour” is not known"),
        ("SAML_PROVIDERS", '[{"id": "university"}]', "“label” must be a text"),
        ("SAML_CLOCK_SKEW_SECONDS", "3600", "less than or equal to 300"),
        ("SIGN_IN_TIMEOUT_SECONDS", "0", "greater than or equal to 1"),
    ],
)
def test_a_wrong_value_stops_with_one_sentence(variable, value, advice):
    result = command(**{variable: value})
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert variable in result.stderr
    assert advice in result.stderr
