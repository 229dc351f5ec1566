"""The declared fields hang together."""

from collections.abc import Iterator
from itertools import pairwise

from carrierbox.smpp.fields import Count, CString, Field, OctetString, Structures
from carrierbox.smpp.pdus import BODY_FIELDS, PDU_CLASSES


def flat(fields: tuple[Field, ...]) -> Iterator[Field]:
    for field in fields:
        yield field
        if isinstance(field, Structures):
            for shape in field.shapes.values():
                yield from flat(shape.fields)


def test_every_count_is_followed_by_what_it_counts() -> None:
    """sm_length, number_of_dests and no_unsuccess."""
    for fields in BODY_FIELDS.values():
        for count, counted in pairwise(fields):
            if isinstance(count, Count):
                assert isinstance(counted, OctetString | Structures)
                named = (
                    counted.length_field
                    if isinstance(counted, OctetString)
                    else counted.count_field
                )
                assert (count.counted, named) == (counted.name, count.name)


def test_every_declared_field_is_an_attribute_of_its_class() -> None:
    """And the elements of structures have theirs."""
    for command_id, fields in BODY_FIELDS.items():
        pdu = PDU_CLASSES[command_id]()
        for field in fields:
            assert isinstance(field, Count) or hasattr(pdu, field.name)
            if isinstance(field, Structures):
                for flag, shape in field.shapes.items():
                    element = shape.make()
                    assert all(hasattr(element, inner.name) for inner in shape.fields)
                    assert not field.flag_name or getattr(element, field.flag_name) == flag


def test_a_string_that_is_too_long_has_an_error_status() -> None:
    """SMPP 3.4 table 5-2."""
    for fields in BODY_FIELDS.values():
        for field in flat(fields):
            if isinstance(field, CString):
                assert field.status > 0
