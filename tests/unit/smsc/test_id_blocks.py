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
