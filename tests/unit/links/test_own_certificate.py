"""The certificate that is made once and kept."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from carrierbox.errors import ConfigurationError
from carrierbox.links.own_certificate import PRIVATE_FILE, PUBLIC_FILE, own_certificate
from carrierbox.links.tls import server_context

Make = Callable[..., tuple[Path, Path]]
FIELD = "listeners[0].tls"


def pem_of(files: tuple[Path, Path]) -> bytes:
    return files[1].read_bytes() + files[0].read_bytes()


def never() -> bytes:
    raise AssertionError("there is one already")


def test_it_is_made_once_and_used_again(make_certificate_files: Make, tmp_path: Path) -> None:
    """Clients that trust it go on to trust it; the folder is made, too."""
    folder = tmp_path / "new" / "state"
    pem = pem_of(make_certificate_files("a"))
    files = own_certificate(folder, FIELD, lambda: pem)
    assert (files.certificate, files.key) == (folder / PUBLIC_FILE, folder / PRIVATE_FILE)
    again = own_certificate(folder, FIELD, never)
    assert again.key.read_bytes() == pem
    server_context(again, FIELD)
    assert sorted(each.name for each in folder.iterdir()) == [PUBLIC_FILE, PRIVATE_FILE]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_the_key_is_for_nobody_else(make_certificate_files: Make, tmp_path: Path) -> None:
    """The certificate, without the key, is for everybody."""
    pem = pem_of(make_certificate_files("a"))
    files = own_certificate(tmp_path, FIELD, lambda: pem)
    assert stat.S_IMODE(files.key.stat().st_mode) == 0o600
    assert b"PRIVATE" not in files.certificate.read_bytes()


def test_one_that_has_expired_is_made_anew(make_certificate_files: Make, tmp_path: Path) -> None:
    """It has to be trusted anew, but nothing stands still."""
    (tmp_path / PRIVATE_FILE).write_bytes(pem_of(make_certificate_files("old", (-2, -1))))
    pem = pem_of(make_certificate_files("new"))
    files = own_certificate(tmp_path, FIELD, lambda: pem)
    assert files.key.read_bytes() == pem
    assert pem.endswith(files.certificate.read_bytes())


def test_the_first_of_two_carriers_wins(make_certificate_files: Make, tmp_path: Path) -> None:
    """Both start with an empty folder; both serve the same certificate."""
    first = pem_of(make_certificate_files("first"))
    second = pem_of(make_certificate_files("second"))

    def make_slowly() -> bytes:
        own_certificate(tmp_path / "state", FIELD, lambda: first)
        return second

    files = own_certificate(tmp_path / "state", FIELD, make_slowly)
    assert files.key.read_bytes() == first
    assert first.endswith(files.certificate.read_bytes())


def test_a_broken_one_is_left_to_its_user(make_certificate_files: Make, tmp_path: Path) -> None:
    """It may be somebody's work; a new one would be one that no client trusts."""
    (tmp_path / PRIVATE_FILE).write_text("nonsense")
    with pytest.raises(ConfigurationError) as raised:
        own_certificate(tmp_path, FIELD, never)
    assert raised.value.path == "listeners[0].tls.certificate"
    assert raised.value.problem.endswith("remove the file, and a new one is made")


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """With its name."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="cannot keep a certificate in"):
        own_certificate(tmp_path / "file", FIELD, lambda: b"-----BEGIN CERTIFICATE-----")
