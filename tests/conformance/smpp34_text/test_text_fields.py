"""Receipt texts and times as they are met in practice, against SMPP 3.4."""

import json
from pathlib import Path
from typing import Any

import pytest

from carrierbox.codecs.receipt_text import parse_receipt_text
from carrierbox.codecs.time_format import parse_smpp_time
from carrierbox.errors import CodecError

HERE = Path(__file__).parent
RECEIPTS = json.loads((HERE / "receipt_text_vectors.json").read_text("utf-8"))["vectors"]
TIMES = json.loads((HERE / "smpp_time_vectors.json").read_text("utf-8"))["vectors"]
NEW_YEAR_2026 = 1767225600.0


@pytest.mark.parametrize("vector", RECEIPTS, ids=lambda vector: vector["name"])
def test_a_receipt_text_is_read_whatever_its_carrier_left_out(vector: dict[str, Any]) -> None:
    """SMPP 3.4 Appendix B, T23."""
    found = parse_receipt_text(vector["text"])
    assert {name: found.get(name) for name in vector["fields"]} == vector["fields"]


@pytest.mark.parametrize("vector", TIMES, ids=lambda vector: vector["name"])
def test_a_time_is_the_moment_it_is_known_for_or_malformed(vector: dict[str, Any]) -> None:
    """SMPP 3.4 §7.1.1, T42."""
    if vector.get("malformed"):
        with pytest.raises(CodecError):
            parse_smpp_time(vector["value"], NEW_YEAR_2026)
    else:
        at = parse_smpp_time(vector["value"], NEW_YEAR_2026)
        assert at == (None if vector["at"] is None else pytest.approx(vector["at"], abs=1e-6))
