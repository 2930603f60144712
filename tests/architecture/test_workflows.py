"""docs/workflows.md is what the transition tables say."""

from pathlib import Path

from django.core.management import call_command

from mobility.management.commands.draw_workflows import drawing, tables

DOCUMENT = Path(__file__).parents[2] / "docs/workflows.md"


def test_the_document_is_drawn_from_the_tables():
    assert DOCUMENT.read_text(encoding="utf-8") == drawing(), "run `make workflows`"


def test_every_line_of_every_table_is_in_it():
    text = drawing()
    for table in tables():
        assert f"## {table.model.__name__}\n" in text
        for line in table.transitions:
            assert f"| {line.action} | " in text
            assert all(f"{source}_ --> {line.target}_: {line.action}" in text for source in line.sources)


def test_the_command_writes_the_file(settings, tmp_path):
    (tmp_path / "docs").mkdir()
    settings.BASE_DIR = tmp_path
    call_command("draw_workflows")
    assert (tmp_path / "docs/workflows.md").read_text(encoding="utf-8") == drawing()
