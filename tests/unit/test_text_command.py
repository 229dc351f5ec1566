"""What `carrierbox text` prints."""

import io
import json
import sys

import pytest

from carrierbox.cli import main
from carrierbox.errors import ConfigurationError
from carrierbox.text_command import (
    samples_of,
    template_lines,
    template_object,
    text_lines,
    text_object,
)
from carrierbox.texts import TEXT_CHARACTERS_MAX, measure_template, measure_text


def test_scripts_get_every_number_and_octet() -> None:
    """What does not apply to the alphabet is null."""
    found = text_object(measure_text("a" * 161, sender="36180"))
    assert json.loads(json.dumps(found)) == found
    assert (found["septets"], found["ucs2_units"], found["part_count"]) == (161, None, 2)
    parts = found["parts"]
    assert isinstance(parts, list)
    assert parts[1]["header"] == "050003000202"
    assert parts[1]["user_data"] == "61" * 8
    assert parts[1]["tp_ud"].startswith("050003000202c2")
    sender = found["sender"]
    assert isinstance(sender, dict)
    assert (sender["kind"], sender["source_addr"], sender["valid"]) == ("short code", "36180", True)


def test_scripts_learn_which_characters_force_ucs2() -> None:
    """With position and name."""
    found = text_object(measure_text("a©", sender="!"))
    assert found["forced_by"] == [{"character": "©", "position": 1, "name": "COPYRIGHT SIGN"}]
    assert (found["septets"], found["ucs2_units"], found["octets"]) == (None, 2, 4)
    sender = found["sender"]
    assert isinstance(sender, dict)
    assert (sender["valid"], sender["source_addr_ton"]) == (False, None)


def test_people_read_the_same() -> None:
    """One line for each fact; nothing in the text steers a terminal."""
    lines = text_lines(measure_text("ж\x1b[2J" + "абвгдеёзийклмн" * 6, sender="A\x1b"))
    assert "\x1b" not in "".join(lines)
    told = {line.split()[0]: line for line in lines if line}
    assert "CYRILLIC SMALL LETTER ZHE at position 0" in told["alphabet"]
    assert "more" in told["forced"]
    assert "(wrong)" in told["sender"]
    assert [line for line in lines if line.startswith("part ")] == [
        "part 1 of 2: 67 UCS-2 units, 140 octets",
        "part 2 of 2: 22 UCS-2 units, 50 octets",
    ]
    assert "(empty)" in text_lines(measure_text(""))[-1]


def test_a_template_is_told_by_its_range_and_examples() -> None:
    """One example if all combinations take the same."""
    measure = measure_template("Hi {n}", {"n": ["Zoe", "Ж" * 70]})
    lines = template_lines(measure)
    assert [line for line in lines if line in ("smallest", "largest")] == ["smallest", "largest"]
    found = template_object(measure)
    assert json.loads(json.dumps(found)) == found
    assert found["counts"] == {"1": 1, "2": 1}
    same = template_lines(measure_template("Hi {n}", {"n": ["Zoe"]}))
    assert "largest" not in same


def test_samples_are_names_and_values() -> None:
    """A name may come again; only the first = parts the two."""
    assert samples_of(["a=1", "b=x=y", "a="]) == {"a": ["1", ""], "b": ["x=y"]}
    for wrong in ("a", "=1"):
        with pytest.raises(ConfigurationError):
            samples_of([wrong])


def test_the_command_measures_a_text(capsys: pytest.CaptureFixture[str]) -> None:
    """With its mention, language and sender."""
    argv = ["text", "ş" * 71, "--language", "tr", "--stop-mention", "STOP 1", "--sender", "Acme"]
    assert main([*argv, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["text"], found["alphabet"]) == ("ş" * 71 + " STOP 1", "GSM 7-bit")
    assert main(argv) == 0
    assert capsys.readouterr().out.startswith("alphabet")


@pytest.mark.parametrize(("languages", "saved"), [("all", 1), ("turkish,pt", 1), ("none", 0)])
def test_the_command_tells_what_national_tables_save(
    languages: str, saved: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """TS 23.038 §6.2.1.2.4: by name, or all of them."""
    assert main(["text", "ğ" * 100, "--languages", languages, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["parts_saved"] == saved
    assert main(["text", "ğ" * 100, "--languages", languages]) == 0
    assert ("saved" in capsys.readouterr().out) == bool(saved)


def test_a_language_without_tables_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """With those there are."""
    assert main(["text", "a", "--languages", "klingon"]) == 2
    assert "'klingon' has no tables: one of turkish" in capsys.readouterr().err


def test_the_command_measures_a_template(capsys: pytest.CaptureFixture[str]) -> None:
    """All samples of a name."""
    argv = ["text", "Hi {n}", "--template", "--sample", "n=Zoe", "--sample", "n=" + "Ж" * 70]
    assert main([*argv, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["smallest"], found["typical"], found["largest"]) == (1, 1, 2)
    assert main(argv) == 0
    assert capsys.readouterr().out.startswith("combinations")


def test_the_command_reads_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line end at the end belongs to the file, not to the text; what is too long is refused."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("a\nb\n"))
    assert main(["text", "-", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["text"] == "a\nb"
    monkeypatch.setattr(sys, "stdin", io.StringIO("a" * TEXT_CHARACTERS_MAX * 2))
    assert main(["text", "-"]) == 2
    raw = io.TextIOWrapper(io.BytesIO(b"\xff\xfe"), encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", raw)
    assert main(["text", "-"]) == 2


def test_a_wrong_sender_ends_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    """The text is measured all the same."""
    assert main(["text", "Hi", "--sender", "Much too long a name"]) == 1
    assert "(wrong)" in capsys.readouterr().out


@pytest.mark.parametrize(
    "argv",
    [
        ["Hi", "--language", "fr"],
        ["Hi", "--sample", "a=1"],
        ["{a}", "--template"],
        ["{a}", "--template", "--sample", "a"],
        ["a" * 40_000],
    ],
)
def test_wrong_usage_ends_with_2_and_one_sentence(
    argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """On stderr, nothing on stdout."""
    assert main(["text", *argv]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    (line,) = captured.err.splitlines()
    assert line.startswith("carrierbox: ")
