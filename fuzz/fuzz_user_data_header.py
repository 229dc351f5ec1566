"""Fuzz target: user data headers and every information element in them."""

from driver import run

from carrierbox.codecs.information_element_words import describe_user_data_header
from carrierbox.codecs.information_elements import (
    build_user_data_header,
    effective_elements,
    read_user_data_header,
)
from carrierbox.codecs.national_language import shifts_of
from carrierbox.codecs.user_data_header import (
    find_concatenation,
    parse_user_data_header,
    split_user_data_header,
)
from carrierbox.codecs.wap_push import is_wap_push
from carrierbox.errors import CodecError


def target(octets: bytes) -> None:
    """A header returns from its values or is a CodecError; searching in it never fails."""
    find_concatenation(octets)
    shifts_of(octets)
    is_wap_push(octets)
    try:
        header, _ = split_user_data_header(octets)
        elements = read_user_data_header(header)
    except CodecError:
        return
    assert build_user_data_header(elements) == (header if elements else b"")
    assert len(describe_user_data_header(header)) == len(elements)
    effective_elements(parse_user_data_header(header))


SEEDS = ["050003170301", "0605040b8423f0", "0b0504158a00000003010201", "06240103250103"]

if __name__ == "__main__":
    run(target, [bytes.fromhex(seed) for seed in [*SEEDS, "0a0a0401021af0220403913306"]])
