"""The command line: what is printed where, and exit codes."""

import io
import json
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import pytest

import carrierbox
from carrierbox import api_client, exit_codes
from carrierbox.api_client import CarrierUnreachableError, RequestRefusedError
from carrierbox.build_mode import build_mode
from carrierbox.cli import main
from carrierbox.config_carriers import CarrierRules
from carrierbox.config_values import Endpoint
from carrierbox.errors import StoreInUseError

ENQUIRE_LINK = "00000010000000150000000000000001"


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What the machine of a developer sets must not decide."""
    for name in ("CARRIERBOX_URL", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


def standing_in(monkeypatch: pytest.MonkeyPatch, name: str, **attributes: object) -> None:
    """Put a module with these attributes where a command imports it."""
    module = types.ModuleType(name)
    for attribute, value in attributes.items():
        setattr(module, attribute, value)
    monkeypatch.setitem(sys.modules, name, module)


class FakeApi:
    """A carrier that answers, or raises, what it is told to."""

    asked: list[tuple[object, ...]]
    error: Exception | None = None

    def __init__(self, url: str, timeout_s: float = 10.0) -> None:
        FakeApi.asked = [("url", url)]

    def _answer(self, *asked: object) -> dict[str, Any]:
        FakeApi.asked.append(asked)
        if FakeApi.error is not None:
            raise FakeApi.error
        return {"msisdn": "+331", "power": "on", "carrier": "SFR", "country": "FR", "parts": 1}

    def get(self, *segments: str, **query: str | int) -> dict[str, Any]:
        return self._answer("GET", *segments, *([query] if query else []))

    def put(self, *segments: str, body: object) -> dict[str, Any]:
        return self._answer("PUT", *segments, body)

    def post(self, *segments: str, body: object) -> dict[str, Any]:
        return self._answer("POST", *segments, body)


@pytest.fixture
def fake_api(monkeypatch: pytest.MonkeyPatch) -> type[FakeApi]:
    monkeypatch.setattr(api_client, "CarrierApi", FakeApi)
    monkeypatch.setattr(FakeApi, "error", None)
    return FakeApi


class Served:
    """Stands in for `carrierbox.serve`: remembers what it was started with."""

    def __init__(self, outcome: int | Exception = 0) -> None:
        self.configuration: Any = None
        self.fresh = self.hints = self.lint = False
        self.capture: Path | None = None
        self._outcome = outcome

    def run(
        self,
        configuration: object,
        fresh: bool,
        hints: bool,
        capture: Path | None,
        lint: bool,
    ) -> int:
        self.configuration, self.fresh, self.hints = configuration, fresh, hints
        self.capture, self.lint = capture, lint
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return self._outcome


def test_the_version_names_the_build_and_the_python(capsys: pytest.CaptureFixture[str]) -> None:
    """One line for a bug report."""
    assert main(["--version"]) == 0
    python = ".".join(map(str, sys.version_info[:3]))
    expected = f"carrierbox {carrierbox.__version__} ({build_mode()}), Python {python}\n"
    assert capsys.readouterr().out == expected


@pytest.mark.parametrize(
    "argv", [[], ["nonsense"], ["phone"], ["config"], ["decode"], ["serve", "x"]]
)
def test_wrong_usage_ends_with_2(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """And says how it is right, on stderr."""
    assert main(argv) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("usage: carrierbox")


def test_help_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    """Every command has some."""
    for argv in (["--help"], ["serve", "--help"], ["phone", "--help"], ["lint", "-h"]):
        assert main(argv) == 0
        assert capsys.readouterr().out.startswith("usage: carrierbox")


def test_serve_hands_over_what_the_command_line_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each option in its place, the file and the environment below it."""
    served = Served()
    standing_in(monkeypatch, "carrierbox.serve", run=served.run)
    monkeypatch.setenv("CARRIERBOX_CLOCK__SCALE", "60")
    monkeypatch.setenv("CARRIERBOX_HTTP__LISTEN", "127.0.0.1:9")
    options = (
        "serve --smpp 127.0.0.1:0 --smpp :2776 --http off --store :memory: --fresh "
        "--durability power --account a:b:c --account *:* --carriers open --hints "
        "--capture run.pcapng --lint"
    )
    assert main(options.split()) == 0
    found = served.configuration
    assert served.fresh
    assert served.hints
    assert served.lint
    assert served.capture == Path("run.pcapng")
    assert [one.smpp for one in found.listeners] == [Endpoint("127.0.0.1", 0), Endpoint("", 2776)]
    assert found.http.listen is None
    assert found.store.path is None
    assert found.store.durability == "power"
    assert [(one.system_id, one.password) for one in found.accounts] == [("a", "b:c"), ("*", "*")]
    assert found.carriers == CarrierRules("open")
    assert found.clock.scale == 60.0


def test_serve_without_options_has_the_defaults(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """And its store where the user keeps state."""
    served = Served()
    standing_in(monkeypatch, "carrierbox.serve", run=served.run)
    assert main(["serve"]) == 0
    assert not served.fresh
    assert not served.hints
    assert served.configuration.listeners[0].smpp == Endpoint("127.0.0.1", 2775)
    assert tmp_path in served.configuration.store.path.parents


def test_a_path_on_the_command_line_is_the_store(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The file's own settings stay below it."""
    served = Served()
    standing_in(monkeypatch, "carrierbox.serve", run=served.run)
    config, store = tmp_path / "c.yaml", tmp_path / "x.db"
    config.write_text("store: {durability: power}\naccounts: [{system_id: x, password: y}]")
    assert main(["serve", "--store", str(store), "--config", str(config)]) == 0
    assert served.configuration.store.path == store
    assert served.configuration.store.durability == "power"
    assert served.configuration.accounts[0].system_id == "x"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--account demo", "--account: must be SYSTEM_ID:PASSWORD"),
        ("--account demo:123456789", "accounts[0].password: at most 8 octets"),
        ("--smpp 2775", "listeners[0].smpp: must be HOST:PORT"),
        ("--durability disk", "store.durability: must be process"),
        ("--carriers imagined", "carriers: must be open, realistic, or the path of a pack"),
        ("--config /nowhere.yaml", "/nowhere.yaml: cannot be read"),
    ],
)
def test_a_wrong_setting_ends_with_2(
    options: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence on stderr; nothing is started."""
    served = Served()
    standing_in(monkeypatch, "carrierbox.serve", run=served.run)
    assert main(["serve", *options.split()]) == 2
    assert capsys.readouterr().err.startswith(f"carrierbox: {said}")
    assert served.configuration is None


@pytest.mark.parametrize(
    ("outcome", "code", "said"),
    [
        (StoreInUseError("x.db", 42), 2, "carrierbox: the store x.db is in use by process 42"),
        (OSError("disk gone"), 1, "carrierbox: disk gone"),
        (3, 3, ""),
    ],
)
def test_what_serve_ends_with_is_the_exit_code(
    outcome: int | Exception,
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """No traceback."""
    standing_in(monkeypatch, "carrierbox.serve", run=Served(outcome).run)
    assert main(["serve"]) == code
    assert capsys.readouterr().err.startswith(said)


def test_an_interrupt_ends_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    """As shells have it."""

    def interrupted() -> int:
        raise KeyboardInterrupt

    standing_in(monkeypatch, "carrierbox.demo", run_demo=interrupted)
    assert main(["demo"]) == 130


def test_the_demo_ends_with_its_own_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """1 if something did not arrive."""
    standing_in(monkeypatch, "carrierbox.demo", run_demo=lambda: 1)
    assert main(["demo"]) == 1


def test_decode_prints_fields(capsys: pytest.CaptureFixture[str]) -> None:
    """Octets in any number of words; a blank line between PDUs."""
    assert main(["decode", ENQUIRE_LINK[:8], ENQUIRE_LINK[8:] + ENQUIRE_LINK]) == 0
    blocks = capsys.readouterr().out.split("\n\n")
    assert [block.splitlines()[0] for block in blocks] == ["enquire_link", "enquire_link"]


def test_decode_reads_standard_input_and_prints_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One object on a line for every PDU."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{ENQUIRE_LINK}\n{ENQUIRE_LINK}\n"))
    assert main(["decode", "-", "--json"]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [each["command"] for each in found] == ["enquire_link"] * 2
    assert found[0]["sequence_number"] == 1


@pytest.mark.parametrize("octets", ["zz", "00", ENQUIRE_LINK + "00", "0" * 32])
def test_what_cannot_be_decoded_ends_with_2(
    octets: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence."""
    assert main(["decode", octets]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("carrierbox: ")


def test_input_that_is_no_text_ends_with_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A PDU itself instead of its digits."""
    raw = io.TextIOWrapper(io.BytesIO(b"\xff\xfe\x00"), encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", raw)
    assert main(["decode", "-"]) == 2
    assert "give hexadecimal digits" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "request_sent", "printed"),
    [
        ("phone +331", ("GET", "phones", "+331"), "+331   SFR, FR   on"),
        ("phone 00331 show", ("GET", "phones", "+331"), "+331   SFR, FR   on"),
        ("phone +331 on", ("PUT", "phones", "+331", "power", {"power": "on"}), "+331"),
        ("phone +331 off", ("PUT", "phones", "+331", "power", {"power": "off"}), "+331"),
        (
            "phone +331 send +332 Hi",
            ("POST", "phones", "+331", "messages", {"to": "+332", "text": "Hi"}),
            "+331 sent a text to +332 in 1 part",
        ),
        (
            "phone +331 send --ask both +332 Hi",
            ("POST", "phones", "+331", "messages", {"to": "+332", "text": "Hi", "ask": "both"}),
            "+331 sent",
        ),
        ("phone +331 ack", ("POST", "phones", "+331", "acknowledgements", {}), "the user of +331"),
        (
            "phone +331 ack 3 --code 0",
            ("POST", "phones", "+331", "acknowledgements", {"number": 3, "user_response_code": 0}),
            "the user of +331 acknowledged text",
        ),
        ("outbind shop", ("POST", "accounts", "shop", "outbind", {}), "calling"),
    ],
)
def test_phone_asks_the_carrier(
    argv: str,
    request_sent: tuple[object, ...],
    printed: str,
    fake_api: type[FakeApi],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One request each."""
    assert main(argv.split()) == 0
    assert fake_api.asked == [("url", "http://127.0.0.1:8775"), request_sent]
    assert capsys.readouterr().out.startswith(printed)


@pytest.mark.parametrize(
    "argv",
    [
        "phone --url http://x:1 --json +331 show",
        "phone +331 --url http://x:1 --json",
        "phone +331 show --url http://x:1 --json",
        "phone +331 send --json --url http://x:1 +332 Hi",
    ],
)
def test_options_may_stand_before_and_behind_the_action(
    argv: str, fake_api: type[FakeApi], capsys: pytest.CaptureFixture[str]
) -> None:
    """Wherever people put them."""
    assert main(argv.split()) == 0
    assert fake_api.asked[0] == ("url", "http://x:1")
    assert json.loads(capsys.readouterr().out)["msisdn"] == "+331"


def test_the_environment_names_the_carrier(
    fake_api: type[FakeApi], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unless --url does."""
    monkeypatch.setenv("CARRIERBOX_URL", "http://y:2")
    assert main(["phone", "+331"]) == 0
    assert fake_api.asked[0] == ("url", "http://y:2")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (CarrierUnreachableError("nobody there"), 3),
        (RequestRefusedError(400, "wrong"), 2),
        (RequestRefusedError(404, "no such phone"), 4),
        (RequestRefusedError(409, "it is off"), 4),
        (RequestRefusedError(503, "later"), 1),
    ],
)
def test_what_the_carrier_refuses_has_its_exit_code(
    error: Exception,
    code: int,
    fake_api: type[FakeApi],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """3 cannot connect, 4 refused, 2 usage."""
    monkeypatch.setattr(fake_api, "error", error)
    assert main(["phone", "+331"]) == code
    assert capsys.readouterr().err == f"carrierbox: {error}\n"


def test_what_is_no_number_ends_with_2(
    fake_api: type[FakeApi], capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is asked."""
    assert main(["phone", "abc"]) == 2
    assert len(fake_api.asked) == 1
    assert "is no phone number" in capsys.readouterr().err


def test_a_terminal_gets_a_frame(
    fake_api: type[FakeApi], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A pipe gets plain lines."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert main(["phone", "+331"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "+331   SFR, FR   on" in lines[0]
    assert lines[0][0] == "╭"


def test_config_check_says_all_that_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line for each problem, exit 2; a good file is said to be good."""
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text("http: {listen: off}")
    bad.write_text("http: {token: x}\nclock: {scale: 0}")
    assert main(["config", "check", str(good)]) == 0
    assert capsys.readouterr().out == f"{good} is a valid configuration\n"
    assert main(["config", "check", str(bad)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines() == [
        "carrierbox: http.token: not acting yet in this version; remove it",
        "carrierbox: clock.scale: must be above 0 and at most 1000000",
    ]


def test_config_schema_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    """For editors."""
    assert main(["config", "schema"]) == 0
    assert "Configuration" in json.loads(capsys.readouterr().out)["$defs"]


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    """`carrierbox config schema | head -1`."""
    program = (
        "import sys\n"
        "from carrierbox.cli import main\n"
        f"sys.exit(main(['decode', '{ENQUIRE_LINK}' * 5000]))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        problem = process.stderr.read()
    assert (process.returncode, problem) == (0, b"")


def test_importing_the_command_line_imports_nothing_heavy() -> None:
    """`serve` accepts binds before any of these is needed."""
    heavy = {"asyncio", "litestar", "msgspec", "rich", "structlog", "uvicorn", "yaml"}
    program = (
        "import sys, carrierbox.cli\n"
        f"print(*sorted({heavy!r} & set(sys.modules)))\n"
        "import carrierbox.config\n"
        "print(*sorted({'asyncio', 'litestar', 'rich', 'structlog'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "\n\n"


def test_exit_codes_are_those_documented() -> None:
    """They are a contract with scripts."""
    assert (exit_codes.EXIT_FINE, exit_codes.EXIT_NOT_HELD, exit_codes.EXIT_USAGE) == (0, 1, 2)
    assert (
        exit_codes.EXIT_NO_CONNECTION,
        exit_codes.EXIT_REFUSED,
        exit_codes.EXIT_INTERRUPTED,
    ) == (3, 4, 130)


def test_messages_asks_for_what_was_said(
    fake_api: type[FakeApi], capsys: pytest.CaptureFixture[str]
) -> None:
    """The filters go to the carrier under the names of its API."""
    options = "messages --from ACME --to +331 --system-id demo --state ENROUTE --text Hi --limit 7"
    assert main([*options.split(), "--since", "2027-01-15", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"messages": [], "total": 0, "next": None}
    asked = {"limit": 7, "from": "ACME", "to": "+331", "system_id": "demo", "state": "ENROUTE"}
    query = {**asked, "text": "Hi", "since": "2027-01-15"}
    assert fake_api.asked[1:] == [("GET", "messages", query)]
    assert main(["messages"]) == 0
    assert capsys.readouterr().out == "(no messages)\n"
    assert main(["messages", "--limit", "0"]) == 2
    assert "--limit" in capsys.readouterr().err
