"""`carrierbox store`."""

import json
import os
from pathlib import Path

import pytest

from carrierbox import store_command
from carrierbox.cli import main
from carrierbox.errors import ConfigurationError
from carrierbox.identifiers import LinkId
from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smsc.stores.sqlite import SqliteStore
from carrierbox.testing.direct import DirectCarrier


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The store of a carrier that delivered one message."""
    path = tmp_path / "carrier.db"
    store = SqliteStore(path)
    carrier = DirectCarrier(store=store)
    link: LinkId = carrier.bind()
    submit = SubmitSm(
        source_addr_ton=5,
        source_addr="ACME",
        dest_addr_ton=1,
        dest_addr_npi=1,
        destination_addr="33612345678",
        short_message=b"Hello",
    )
    assert carrier.submit(link, submit) is not None
    carrier.advance(60.0)
    store.close()
    return path


def said(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    """What a command prints, and how it ends."""
    code = main(["store", *map(str, words)])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_inspect_tells_what_a_store_holds(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For people and for scripts."""
    code, out, _ = said(capsys, "inspect", "--store", path)
    assert code == 0
    assert out.startswith(f"{path}: not in use\n")
    assert "format" in out
    assert "journal behind it" in out
    code, out, _ = said(capsys, "inspect", "--json", "--store", path)
    found = json.loads(out)
    assert (code, found["format"], found["in_use_by"]) == (0, 3, None)
    assert found["journal_batches"] > 0
    assert found["file_octets"] == path.stat().st_size


def test_inspect_names_the_process_that_serves(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The one to be stopped before anything is done to the file."""
    store = SqliteStore(path)
    _, out, _ = said(capsys, "inspect", "--store", path)
    assert f"in use by process {os.getpid()}" in out
    code, _, err = said(capsys, "compact", "--store", path)
    assert (code, "in use by process" in err) == (2, True)
    store.close()


def test_verify_ends_with_1_if_something_is_wrong(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1: the thing asked did not hold."""
    assert said(capsys, "verify", "--store", path)[:2] == (0, f"{path}: nothing is wrong\n")
    octets = path.read_bytes()
    place = octets.index(b"Hello")
    path.write_bytes(octets[:place] + b"J" + octets[place + 1 :])
    code, out, _ = said(capsys, "verify", "--store", path)
    assert (code, out) == (1, "journal row 1: its checksum does not hold\n")
    code, out, _ = said(capsys, "verify", "--json", "--store", path)
    assert (code, len(json.loads(out)["problems"])) == (1, 1)


def test_export_prints_a_line_for_every_message(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the shape of the API."""
    code, out, _ = said(capsys, "export", "--store", path)
    (line,) = out.splitlines()
    found = json.loads(line)
    assert code == 0
    assert (found["text"], found["msisdn"]) == ("Hello", "+33612345678")
    assert found["message_state"] == "DELIVERED"


def test_compact_tells_what_it_gave_back(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before and now."""
    code, out, _ = said(capsys, "compact", "--store", path)
    assert code == 0
    assert " KiB before, " in out
    assert said(capsys, "verify", "--store", path)[0] == 0


def test_a_store_that_is_not_there_is_an_error_with_its_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2: nothing was looked at."""
    for action in ("inspect", "verify", "compact", "export"):
        code, _, err = said(capsys, action, "--store", tmp_path / "nowhere.db")
        assert (code, "there is no store at" in err, "--store" in err) == (2, True, True)
    assert list(tmp_path.iterdir()) == []


def test_the_store_is_the_one_that_serve_would_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a path: the file in the user's state directory."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert store_command.path_of(None) == tmp_path / "carrierbox" / "carrier.db"
    assert store_command.path_of("a.db") == Path("a.db")
    with pytest.raises(ConfigurationError, match="in memory"):
        store_command.path_of(":memory:")
