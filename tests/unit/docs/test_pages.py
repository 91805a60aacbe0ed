"""Pages lead somewhere, and every page is in the index."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.unit.deploy.declared import ROOT

PAGES = [*sorted((ROOT / "docs").glob("*.md")), *sorted(ROOT.glob("*.md"))]


def _links(page: Path) -> list[str]:
    return re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)[^)]*\)", page.read_text())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page: Path) -> None:
    missing = [link for link in _links(page) if not (page.parent / link).exists()]
    assert missing == []


def test_every_page_is_in_the_index() -> None:
    index = ROOT / "docs/README.md"
    pages = {page.name for page in index.parent.glob("*.md")} - {index.name}
    assert {link for link in _links(index) if "/" not in link} == pages
