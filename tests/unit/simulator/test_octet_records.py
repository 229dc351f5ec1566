"""Records of numbers and octets."""

from hypothesis import given
from hypothesis import strategies as st

from carrierbox.simulator.octet_records import RecordReader, RecordWriter


@given(
    st.lists(
        st.integers(0, 1 << 40) | st.binary(max_size=300) | st.text(max_size=50) | st.floats(),
        max_size=300,
    )
)
def test_what_was_written_is_read_in_its_order(values: list[int | bytes | str | float]) -> None:
    """Numbers, octets, texts and times, mixed."""
    writer = RecordWriter()
    for value in values:
        if isinstance(value, int):
            writer.number(value)
            writer.large(value << 40)
        elif isinstance(value, bytes):
            writer.octets(value)
        elif isinstance(value, str):
            writer.text(value)
        else:
            writer.time(value)
    reader = RecordReader(writer.record())
    for value in values:
        if isinstance(value, int):
            assert (reader.number(), reader.large()) == (value, value << 40)
        elif isinstance(value, bytes):
            assert reader.octets() == value
        elif isinstance(value, str):
            assert reader.text() == value
        else:
            assert repr(reader.time()) == repr(value)


def test_a_record_may_hold_very_many_numbers() -> None:
    """Ten thousand texts have more than 32,767 of them."""
    writer = RecordWriter()
    for number in range(200_000):
        writer.number(number)
    writer.octets(b"end")
    reader = RecordReader(writer.record())
    assert [reader.number() for _ in range(200_000)] == list(range(200_000))
    assert reader.octets() == b"end"
