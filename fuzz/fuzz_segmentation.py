"""Fuzz target: texts of all of Unicode, coded, cut between clusters and read again."""

from driver import run

from carrierbox.codecs.data_coding import ALPHABET_GSM7, alphabet_of
from carrierbox.codecs.graphemes import cluster_starts, last_cluster_start
from carrierbox.codecs.national_language import decode_part
from carrierbox.codecs.segmentation import fits_one_segment, part_count, split_text


def target(octets: bytes) -> None:
    """No text is lost or changed, and no part is too long or one too many."""
    languages = [each % 14 for each in octets[:2] if each % 14]
    text = octets[2:].decode("utf-8", "replace")
    starts = cluster_starts(text)
    for limit in (0, 1, len(text) // 2, len(text)):
        expected = max([start for start in [*starts, len(text)] if start <= limit], default=0)
        assert last_cluster_start(text, limit) == expected
    text *= 4
    data_coding, parts = split_text(text, 1, languages=languages)
    alphabet = alphabet_of(data_coding)
    for part in parts:
        assert fits_one_segment(len(part.user_data), alphabet, len(part.user_data_header))
    if alphabet == ALPHABET_GSM7:
        read = "".join([decode_part(one.user_data, 0, one.user_data_header) for one in parts])
    else:
        octets = b"".join([one.user_data for one in parts])
        read = octets.decode("utf-16-be", "surrogatepass")
        assert len(parts) == part_count(octets, alphabet)
    assert read == text


if __name__ == "__main__":
    emoji = "👨‍👩‍👧‍👦🇫🇷🇩🇪👍🏽"
    run(target, [b"\1\0" + (emoji * 6).encode(), b"\6\6" + "नमस्ते ".encode() * 10, b"\0\0\r\n" * 50])
