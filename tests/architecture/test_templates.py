"""Templates: each is used, none carries script or style of its own, and components say what they need."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.template import engines
from django.template.exceptions import TemplateDoesNotExist

from tests.undefined import UndefinedVariableError

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*") if path.is_file())
PAGES = [name for name in NAMES if name.endswith(".html")]
# Found by Django and allauth by their names.
CONVENTIONAL = {"400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html"}


def sources() -> str:
    code = [
        path.read_text(encoding="utf-8")
        for package in ("mobility", "applications", "scholarships", "recognition")
        for path in (ROOT / package).rglob("*.py")
    ]
    return "\n".join(code)


def overrides_a_library(name: str) -> bool:
    """Whether an installed library has a template of this name, which ours takes the place of."""
    engine = engines["django"].engine
    for loader in engine.template_loaders:
        for origin in loader.get_template_sources(name):
            if ROOT / "templates" not in Path(origin.name).parents and Path(origin.name).is_file():
                return True
    return False


def test_every_template_is_used():
    code = sources()
    texts = {name: (TEMPLATES / name).read_text(encoding="utf-8") for name in NAMES}
    unused = []
    for name in NAMES:
        if name in CONVENTIONAL or overrides_a_library(name):
            continue
        by_template = any(f'"{name}' in text for other, text in texts.items() if other != name)
        # E-mails and PDFs are named without folder and suffix.
        short = name.removeprefix("emails/").removesuffix(".txt")
        by_code = f'"{name}' in code or (short != name and f'"{short}"' in code)
        if not (by_template or by_code):
            unused.append(name)
    assert unused == []


@pytest.mark.parametrize("name", PAGES)
def test_no_script_or_style_inside_a_page(name):
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    if name.startswith("pdf/"):
        return  # never reaches a browser
    scripts = [
        tag for tag in re.findall(r"<script\b[^>]*>", text) if "src=" not in tag and "application/json" not in tag
    ]
    assert scripts == []
    assert re.findall(r"<style\b", text) == []
    assert re.findall(r"""\sstyle\s*=\s*["']""", text) == []
    assert re.findall(r"""\son[a-z]+\s*=\s*["']""", text) == []
    assert re.findall(r"""(?:href|src|action)\s*=\s*["']\s*(?:https?:)?//""", text) == [], "from another host"
    assert "javascript:" not in text


@pytest.mark.parametrize("name", [name for name in PAGES if name.startswith("components/")])
def test_a_component_says_on_top_what_it_is(name):
    first = (TEMPLATES / name).read_text(encoding="utf-8").lstrip()
    assert first.startswith(("{% comment %}", "{#")), "begin with a comment: what it is, what it needs"


@pytest.mark.parametrize("name", NAMES)
def test_every_template_compiles(name):
    try:
        engines["django"].get_template(name)
    except TemplateDoesNotExist as error:
        pytest.fail(f"{name} names a template that isn't there: {error}")


def test_an_undefined_variable_fails_the_test():
    """The net that tests/conftest.py spreads holds: in our templates, and for what is printed."""
    engine = engines["django"]
    name = "components/notice.html"
    with pytest.raises(UndefinedVariableError, match="text"):
        engine.get_template(name).render({"tone": "good"})
    assert "Well done" in engine.get_template(name).render({"tone": "good", "text": "Well done"})


def test_what_the_pages_ask_for_is_collected(tmp_path):
    """Set-up leaves behind static files that no page uses; none that one does."""
    environment = {**os.environ, "VAR_DIR": str(tmp_path), "STATIC_MANIFEST": "true"}
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=300)
    collected = json.loads((tmp_path / "static/staticfiles.json").read_text(encoding="utf-8"))["paths"]
    texts = [(TEMPLATES / name).read_text(encoding="utf-8") for name in PAGES]
    asked = {name for text in texts for name in re.findall(r"""{% static ["']([^"']+)["']""", text)}
    assert "css/portal.css" in asked
    assert asked | {"django_htmx/htmx-2.min.js"} <= set(collected)
