"""The tables of documents that `make library` writes."""

import pytest
from tools.make_document_tables import DOCUMENTS, TABLES, with_table


@pytest.mark.parametrize("name", TABLES)
def test_a_page_has_the_table_that_would_be_written(name: str) -> None:
    """`make library` after a scenario or a pack has changed."""
    page = (DOCUMENTS / name).read_text(encoding="utf-8")
    assert with_table(page, TABLES[name]()) == page


def test_what_stands_around_a_table_stays() -> None:
    """Another table as well."""
    page = "Above.\n\n| A |\n|---|\n| old |\n\nBelow.\n\n| B |\n|---|\n"
    made = with_table(page, ["| A |", "|---|", "| 1 |", "| 2 |"])
    assert made == page.replace("| old |", "| 1 |\n| 2 |")
    with pytest.raises(ValueError, match=r"no table that begins with \| C \|"):
        with_table(page, ["| C |"])
