"""What phones show beyond history, in compressed blocks."""

from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smsc.messages import Message
from carrierbox.smsc.packed import id_of, msisdn_of, pack_shown, shown_row
from carrierbox.smsc.shown_records import BLOCK_RECORDS, LOOK_ABOVE, ShownRecords
from carrierbox.testing.direct import DirectCarrier


def a_record() -> bytes:
    """A message that a phone shows, packed."""
    carrier = DirectCarrier()
    carrier.submit(carrier.bind(), SubmitSm(source_addr="ACME", destination_addr="33612345678"))
    (message,) = carrier.box.centre.registry.newest_first()
    assert isinstance(message, Message)
    return pack_shown(message)


RECORD = a_record()


def numbered(message_id: int) -> bytes:
    """The same with another id."""
    return RECORD[:5] + message_id.to_bytes(8, "little") + RECORD[13:]


def fill(count: int) -> ShownRecords:
    """So many, which all stay."""
    records = ShownRecords()
    for number in range(1, count + 1):
        records.add(numbered(number), lambda _msisdn, _at: True)
    return records


def test_a_record_comes_out_as_it_went_in() -> None:
    """Full blocks and the one that is not, in the order of their ids."""
    records = fill(2 * BLOCK_RECORDS + 1)
    blocks = records.take(1 << 62)
    assert [one for block in blocks for one in block.records()] == [
        numbered(number) for number in range(1, 2 * BLOCK_RECORDS + 2)
    ]
    assert (len(records), records.take(1 << 62)) == (0, [])


def test_blocks_of_what_came_later_stay() -> None:
    """A block that begins above the id is none of those that the journal forgets."""
    records = fill(3 * BLOCK_RECORDS)
    (block,) = records.take(BLOCK_RECORDS)
    assert [id_of(one) for one in block.records()] == list(range(1, BLOCK_RECORDS + 1))
    assert len(records) == 2 * BLOCK_RECORDS


def test_what_no_phone_shows_any_more_goes() -> None:
    """A look through all of them drops it, and counts what is left."""
    records = fill(BLOCK_RECORDS + 3)
    records.look_through(lambda msisdn, _at: msisdn != msisdn_of(RECORD))
    assert (len(records), records.take(1 << 62)) == (0, [])


def test_many_are_looked_through_while_more_come() -> None:
    """A block for each that is filled: there are never many that no phone shows."""
    records = ShownRecords()
    for number in range(1, 2 * LOOK_ABOVE):
        records.add(numbered(number), lambda _msisdn, _at: False)
    assert len(records) <= LOOK_ABOVE + BLOCK_RECORDS


def test_a_record_is_enough_for_its_row() -> None:
    """What a restart needs to give it back to its phone."""
    row = shown_row(RECORD)
    assert (row.message_id, row.msisdn) == (id_of(RECORD), msisdn_of(RECORD))
