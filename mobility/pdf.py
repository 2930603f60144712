"""Template and context to PDF bytes."""

import io
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from pypdf import PdfReader, PdfWriter
from weasyprint import CSS, HTML
from weasyprint.urls import URLFetcher

# A template must not be able to reach a local file or the network: only data: addresses are fetched.
_FETCHER = URLFetcher(allowed_protocols=["data"])


def render(template: str, context: dict[str, Any], *, first_page: int | None = None) -> bytes:
    """The template as a PDF, in the language that is active; the same input gives the same bytes.

    ``first_page``: the number of its first page, for a part of a longer document, whose end isn't known yet.
    """
    stylesheet = finders.find("css/pdf.css")
    html = HTML(string=render_to_string(template, context), base_url=settings.SITE_URL, url_fetcher=_FETCHER)
    styles = [CSS(filename=stylesheet)]
    if first_page is not None:
        styles.append(CSS(string=_NUMBERED % first_page))
    return html.write_pdf(stylesheets=styles)


_NUMBERED = "@page :first { counter-reset: page %d } @page { @bottom-right { content: counter(page) } }"


def pages(document: bytes) -> int:
    """How many pages a PDF has."""
    return len(PdfReader(io.BytesIO(document)).pages)


def join(parts: Iterable[bytes]) -> bytes:
    """Several PDFs as one, in their order; the title is the first one's, and the same parts give the same bytes."""
    writer = PdfWriter()
    for number, part in enumerate(parts):
        reader = PdfReader(io.BytesIO(part))
        writer.append(reader, import_outline=False)
        if number == 0 and reader.metadata:
            writer.add_metadata(reader.metadata)
    writer.compress_identical_objects()
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()
