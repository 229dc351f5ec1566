"""Something for each of many ids: what a dict says, whatever is done to it."""

from hypothesis import given
from hypothesis import strategies as st

from carrierbox.smsc.id_blocks import BLOCK_BITS, IdBlocks

BLOCK = 1 << BLOCK_BITS
IDS = st.sampled_from([0, 1, 2, BLOCK - 1, BLOCK, BLOCK + 1, 7 * BLOCK, 1 << 45])


@given(st.lists(st.tuples(st.sampled_from(["put", "pop", "get"]), IDS, st.text(max_size=2))))
def test_it_says_what_a_dict_says(steps: list[tuple[str, int, str]]) -> None:
    """After each step, of each id."""
    blocks: IdBlocks[str] = IdBlocks()
    model: dict[int, str] = {}
    for what, message_id, value in steps:
        if what == "put":
            blocks.put(message_id, value)
            model[message_id] = value
        elif what == "pop":
            assert blocks.pop(message_id) == model.pop(message_id, None)
        else:
            assert blocks.get(message_id) == model.get(message_id)
        assert (message_id in blocks) == (message_id in model)
        assert len(blocks) == len(model)
        assert blocks.ids() == sorted(model)
        assert blocks.values() == [model[each] for each in sorted(model)]
        below = [model[each] for each in sorted(model, reverse=True) if each < message_id]
        assert list(blocks.newest_first(message_id)) == below


def in_blocks(blocks: IdBlocks[str]) -> list[list[int]]:
    return [blocks.ids_of(key) for key in blocks.keys_of_blocks()]


def test_neighbours_are_in_one_block() -> None:
    """A block that holds nothing any more is not kept, and may come again."""
    blocks: IdBlocks[str] = IdBlocks()
    for message_id in (BLOCK + 5, 3, BLOCK, 9 * BLOCK):
        blocks.put(message_id, "x")
    assert in_blocks(blocks) == [[3], [BLOCK, BLOCK + 5], [9 * BLOCK]]
    first = blocks.keys_of_blocks()[0]
    blocks.pop(3)
    assert 3 not in blocks
    assert blocks.ids_of(first) == []
    assert in_blocks(blocks) == [[BLOCK, BLOCK + 5], [9 * BLOCK]]
    blocks.put(4, "y")
    assert in_blocks(blocks) == [[4], [BLOCK, BLOCK + 5], [9 * BLOCK]]


def test_a_copy_stays_as_it_is() -> None:
    """Whoever goes through it may wait in between."""
    blocks: IdBlocks[str] = IdBlocks()
    for message_id in (1, 2, BLOCK):
        blocks.put(message_id, str(message_id))
    copied = blocks.copy()
    blocks.pop(1)
    blocks.pop(BLOCK)
    blocks.put(2, "x")
    assert list(copied.newest_first(1 << 62)) == [str(BLOCK), "2", "1"]
    assert (len(copied), len(blocks)) == (3, 1)
    copied.put(3, "y")
    assert 3 not in blocks


def test_whoever_goes_down_looks_at_a_block_when_he_gets_there() -> None:
    """A page of the newest does not take longer the more there is below."""
    blocks: IdBlocks[str] = IdBlocks()
    for message_id in (1, BLOCK, BLOCK + 1):
        blocks.put(message_id, str(message_id))
    going = blocks.newest_first(1 << 62)
    assert next(going) == str(BLOCK + 1)
    blocks.put(2, "2")
    assert list(going) == [str(BLOCK), "2", "1"]
