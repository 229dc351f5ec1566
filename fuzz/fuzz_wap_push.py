"""Fuzz target: WAP pushes, MMS notifications, service indications."""

from driver import run

from carrierbox.codecs.mms_notification import decode_mms_notification
from carrierbox.codecs.wap_push import decode_wap_push, describe_wap_push
from carrierbox.codecs.wap_service import decode_wap_service, encode_wap_service
from carrierbox.errors import CodecError


def target(octets: bytes) -> None:
    """Octets are what the decoder reads or a CodecError; a push can always be told."""
    assert describe_wap_push(octets)
    for decode in (decode_wap_push, decode_mms_notification, decode_wap_service):
        try:
            decode(octets)
        except CodecError:
            continue
    try:
        service = decode_wap_service(octets)
        again = decode_wap_service(encode_wap_service(service))
    except CodecError:
        return
    assert (again.text, again.attributes) == (service.text, service.attributes)


SEEDS = [
    "01060403ae81ea02056a0045c60d03676f6f676c652e636f6d2e6d79000ac3072009042416453010c307"
    "20090424164530010374657374696e67000101",
    "010603beaf848c82985431008d9089058002ea2b008a808e02740088058103015180836874743a2f2f6d00",
    "02066a008506090378008601",
    "8c82985431008d90891880ea2b333336008a808e02740088058103015180836874743a2f2f6d00",
]

if __name__ == "__main__":
    run(target, [bytes.fromhex(seed) for seed in SEEDS])
