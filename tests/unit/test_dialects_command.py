"""What `carrierbox config dialects` prints."""

import json
from pathlib import Path

import pytest

from carrierbox.cli import main
from carrierbox.dialects import builtin_dialects, dialect_named
from carrierbox.dialects_command import dialect_lines, dialect_objects


def test_each_dialect_has_a_line_an_id_and_two_receipts() -> None:
    """The same message in each."""
    lines = dialect_lines([dialect_named("hex_receipts")])
    assert lines[0].startswith("hex_receipts: Decimal in submit_sm_resp")
    assert lines[1] == "  message_id  48879"
    assert lines[2].startswith("  delivered   id:BEEF sub:001 dlvrd:001 submit date:2701150800")
    assert lines[3].strip() == "TLVs receipted_message_id=BEEF message_state=2"
    assert " stat:UNDELIV err:006 " in lines[4]
    assert lines[5].strip().endswith("message_state=5 network_error_code=030006")
    assert len(lines) == 6


def test_what_is_not_sent_is_not_shown() -> None:
    """A receipt without text, and one without TLVs."""
    lines = dialect_lines([dialect_named("tlv_only"), dialect_named("without_tlvs")])
    assert lines[2] == "  delivered   (short_message is empty)"
    assert [line for line in lines[7:] if "TLVs " in line] == []
    assert lines[6] == ""


def test_objects_are_for_scripts() -> None:
    """Names and values of TLVs as the specification has them."""
    (told,) = dialect_objects([dialect_named("tlv_only")])
    assert told["failed"] == {
        "text": None,
        "tlvs": {
            "receipted_message_id": "0000048879",
            "message_state": 5,
            "network_error_code": "030006",
        },
    }


def test_the_command_lists_all_and_those_of_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A user's own come last."""
    assert main(["config", "dialects"]) == 0
    told = capsys.readouterr().out
    assert all(f"\n{name}: " in f"\n{told}" for name in builtin_dialects())
    file = tmp_path / "carrier.yaml"
    file.write_text('dialects: {mine: {layout: "{id}={stat}"}}\nstore: {url: ":memory:"}')
    assert main(["config", "dialects", str(file), "--json"]) == 0
    objects = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in objects] == [*builtin_dialects(), "mine"]
    assert objects[-1]["delivered"]["text"] == "0000048879=DELIVRD"
    file.write_text("dialects: {mine: {date: x}}")
    assert main(["config", "dialects", str(file)]) == 2
    assert "dialects.mine.date" in capsys.readouterr().err
