"""The shapes of expectations."""

import msgspec

from carrierbox.scenarios.expectations_written import SUBJECTS, ReceiptExpectation


def test_every_expectation_has_its_subject_as_a_field() -> None:
    """By that key it is told from others."""
    for subject, shape in SUBJECTS.items():
        assert subject in {field.encode_name for field in msgspec.structs.fields(shape)}


def test_fields_of_a_receipt_are_texts_or_numbers() -> None:
    """Or what a text is like."""
    said = msgspec.convert(
        {"receipt": "m", "fields": {"data_coding": 0, "done_date": {"prefix": "26"}}},
        ReceiptExpectation,
    )
    assert said.fields["data_coding"] == 0
