"""Single values of a configuration."""

import pytest

from carrierbox.config_carriers import CarrierRules, read_carriers
from carrierbox.config_values import (
    Endpoint,
    Problems,
    Reader,
    kind_of,
    read_address_range,
    read_data_coding_0,
    read_durability,
    read_endpoint,
    read_endpoint_or_off,
    read_msisdn,
    read_password,
    read_power,
    read_scale,
    read_store_url,
    read_system_id,
    reader_of_duration,
    reader_of_integer,
    reader_of_size,
    store_url,
)

duration = reader_of_duration(0.0)
size = reader_of_size(1, 10**12)
small = reader_of_integer(1, 10)


@pytest.mark.parametrize(
    ("read", "given", "value"),
    [
        (read_system_id, "a" * 15, "a" * 15),
        (read_system_id, "*", "*"),
        (read_password, "é" * 8, "é" * 8),
        (read_password, "", ""),
        (read_address_range, "^33(6|7)", "^33(6|7)"),
        (read_msisdn, "+33 6 12-34.56 (78)", "33612345678"),
        (read_msisdn, "0033612345678", "33612345678"),
        (read_power, "on", True),
        (read_power, "off", False),
        (read_power, True, True),
        (read_power, False, False),
        (read_endpoint, "127.0.0.1:2775", Endpoint("127.0.0.1", 2775)),
        (read_endpoint, ":2776", Endpoint("", 2776)),
        (read_endpoint, "[::1]:0", Endpoint("::1", 0)),
        (read_endpoint, "my-host.example:65535", Endpoint("my-host.example", 65535)),
        (read_endpoint_or_off, "off", None),
        (read_endpoint_or_off, False, None),
        (read_endpoint_or_off, ":1", Endpoint("", 1)),
        (read_carriers, "open", CarrierRules("open")),
        (read_carriers, {"FR": "open"}, CarrierRules("open", {"FR": "open"})),
        (read_carriers, {"default": "open"}, CarrierRules("open")),
        (
            read_carriers,
            {"FR": {"data_coding_0": "latin1"}},
            CarrierRules("open", {"FR": "open"}, {"FR": 2}),
        ),
        (read_data_coding_0, "gsm_packed", 1),
        (read_data_coding_0, None, None),
        (read_scale, 60, 60.0),
        (read_scale, 0.5, 0.5),
        (read_durability, "power", "power"),
        (read_store_url, ":memory:", ":memory:"),
        (read_store_url, "sqlite:////var/x.db", "sqlite:////var/x.db"),
        (duration, "90s", 90.0),
        (duration, "5m", 300.0),
        (duration, "72h", 259200.0),
        (duration, "7d", 604800.0),
        (duration, "1h30m", 5400.0),
        (duration, "250ms", 0.25),
        (duration, "1.5s", 1.5),
        (duration, 0, 0.0),
        (size, "1GiB", 2**30),
        (size, "70KB", 70_000),
        (size, "1.5 MiB", 3 * 2**19),
        (size, 512, 512),
        (small, 10, 10),
    ],
)
def test_values_are_read_as_people_write_them(read: Reader, given: object, value: object) -> None:
    """Every form that is documented."""
    assert read(given) == value


@pytest.mark.parametrize(
    ("read", "given", "said"),
    [
        (read_system_id, "a" * 65, "at most 64 octets"),
        (read_system_id, "", "must not be empty"),
        (read_system_id, 12, "must be text, not a number: put it in quotes"),
        (read_system_id, ["a"], "must be text, not a list"),
        (read_system_id, "a\0", "has characters that cannot be printed"),
        (read_system_id, "日本", "outside Latin-1"),
        (read_password, "a" * 65, "at most 64 octets"),
        (read_password, True, "must be text, not true: put it in quotes"),
        (read_address_range, "1" * 41, "at most 40 octets"),
        (read_address_range, "(", "not a regular expression"),
        (read_address_range, "a{99999999999}", "not a regular expression"),
        (read_msisdn, "12345678901234567", "must be an international number"),
        (read_msisdn, "+33x", "must be an international number"),
        (read_msisdn, 33612345678, "put it in quotes"),
        (read_power, "maybe", "must be on or off"),
        (read_power, 1, "must be on or off"),
        (read_endpoint, "2775", "must be HOST:PORT"),
        (read_endpoint, 2775, "must be HOST:PORT"),
        (read_endpoint, "a:65536", "port must be 0 to 65535, not 65536"),
        (read_endpoint, "a:-1", "must be HOST:PORT"),
        (read_endpoint, "a:" + "9" * 5000, "must be HOST:PORT"),
        (read_endpoint, "::1:2775", "brackets"),
        (read_endpoint, "a b:1", "must be HOST:PORT"),
        (read_endpoint, "a:１", "must be HOST:PORT"),
        (read_endpoint_or_off, "x", "or off"),
        (read_endpoint_or_off, None, "or off"),
        (read_carriers, "closed", "must be open"),
        (read_carriers, ["open"], "not a list"),
        (read_scale, 0, "must be above 0 and at most 1000000"),
        (read_scale, -1, "must be above 0"),
        (read_scale, float("nan"), "must be above 0"),
        (read_scale, float("inf"), "must be above 0"),
        (read_scale, True, "must be a number, not true"),
        (read_scale, 10**400, "too big"),
        (read_durability, "disk", "must be process"),
        (read_durability, [], "must be process"),
        (read_store_url, "carrier.db", "must be sqlite:///PATH"),
        (read_store_url, "sqlite:///", "must be sqlite:///PATH"),
        (read_store_url, "postgresql://x/y", "PostgreSQL is not acting yet in this version"),
        (duration, 60, "needs its unit: 90s"),
        (duration, "60", "must be a duration such as 90s"),
        (duration, "", "must be a duration such as 90s"),
        (duration, "5m x", "must be a duration such as 90s"),
        (duration, "400d", "must be 0s to 366d"),
        (duration, False, "needs its unit"),
        (duration, None, "must be a duration"),
        (duration, "9" * 100_000, "must be a duration"),
        (reader_of_duration(0.1), "0", "must be 0.1s to 366d"),
        (size, "70XB", "must be a size"),
        (size, "70Ki", "must be a size"),
        (size, -5, "must be a size"),
        (size, True, "must be a size"),
        (size, 1.5, "must be a size"),
        (size, 10**400, "must be a size"),
        (reader_of_size(10, 20), "1KB", "must be 10 to 20 octets, not 1000"),
        (small, 0, "must be 1 to 10, not 0"),
        (small, 10**400, "must be 1 to 10"),
        (small, 1.0, "must be a whole number, not a number"),
        (small, "3", "must be a whole number, not text"),
        (small, True, "must be a whole number, not true"),
    ],
    ids=lambda value: repr(value)[:24] if not callable(value) else "",
)
def test_what_is_wrong_is_told_in_words(read: Reader, given: object, said: str) -> None:
    """A ValueError, whatever was given."""
    with pytest.raises(ValueError) as raised:
        read(given)
    assert said in str(raised.value)


def test_every_country_that_is_wrong_is_told() -> None:
    """Not only the first."""
    with pytest.raises(Problems) as raised:
        read_carriers({"fr": "open", "US": "imagined", "DE": "open", "default": 3})
    assert [key for key, _ in raised.value.found] == ["fr", "US", "default"]


def test_a_path_on_the_command_line_becomes_a_url() -> None:
    """URLs and memory stay what they are."""
    assert store_url("x.db") == "sqlite:///x.db"
    assert store_url("/x.db") == "sqlite:////x.db"
    assert store_url(":memory:") == ":memory:"
    assert store_url("sqlite:///x") == "sqlite:///x"


def test_endpoints_and_rules_are_values() -> None:
    """Equal when they say the same, printed as they are written."""
    assert str(Endpoint("::1", 1)) == "[::1]:1"
    assert {Endpoint("a", 1), Endpoint("a", 1)} == {Endpoint("a", 1)}
    assert Endpoint("a", 1) != Endpoint("a", 2)
    assert len({CarrierRules("open"), CarrierRules("open", {}), CarrierRules()}) == 1
    assert Endpoint("a", 1) != "a:1"
    assert CarrierRules() != "open"
    assert repr(Endpoint("a", 1)) == "Endpoint('a:1')"
    assert repr(CarrierRules()) == "CarrierRules('open', {})"


def test_kinds_have_words() -> None:
    """For sentences about wrong types."""
    values: list[object] = [None, True, 1, 1.5, "x", {}, []]
    kinds = [kind_of(each) for each in values]
    assert kinds == ["nothing", "true", "a number", "a number", "text", "a mapping", "a list"]
