"""Who may import whom: the contracts of pyproject.toml hold, and a module without a place is refused."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("mobility", "applications", "scholarships", "recognition")
SKIPPED = shutil.ignore_patterns("__pycache__", "*.mo")


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([program, "--no-cache"], cwd=folder, capture_output=True, text=True, timeout=120)


@pytest.fixture
def copy(tmp_path) -> Path:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=SKIPPED)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_contracts_hold():
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("mobility/utils.py", ""),
        ("applications/helpers.py", ""),
        ("mobility/models/reaching_up.py", "import mobility.workflow\n"),
        ("mobility/services/reaching_out.py", "import applications.models\n"),
        ("recognition/services.py", "import scholarships.models\n"),
        ("mobility/regulation/reaching_out.py", "import mobility.models\n"),
    ],
)
def test_what_has_no_place_or_reaches_up_is_refused(copy, path, text):
    (copy / path).write_text(text)
    assert lint_imports(copy).returncode == 1


def test_the_regulation_is_standard_library_alone():
    for path in (ROOT / "mobility/regulation").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{path.name} imports relatively"
                names = [node.module or ""]
            else:
                continue
            for name in names:
                ours = name == "mobility.regulation" or name.startswith("mobility.regulation.")
                assert ours or name.partition(".")[0] in sys.stdlib_module_names, f"{path.name} imports {name}"


def test_importing_the_regulation_imports_no_django():
    assert (ROOT / "mobility/__init__.py").read_bytes() == b""
    program = "import sys, mobility.regulation.decision as d; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT).returncode == 0
