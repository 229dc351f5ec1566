"""The JSON Schema of scenarios."""

import json
from typing import Any

from carrierbox.scenarios.expectations_written import SUBJECTS
from carrierbox.scenarios.scenario import STEP_KINDS, scenario_schema


def references(schema: Any) -> set[str]:
    """Every definition that a schema refers to."""
    if isinstance(schema, list):
        return {name for each in schema for name in references(each)}
    if not isinstance(schema, dict):
        return set()
    found = {schema["$ref"].rpartition("/")[2]} if "$ref" in schema else set()
    return found | {name for each in schema.values() for name in references(each)}


def test_the_schema_is_whole() -> None:
    """It refers to nothing that is not in it."""
    schema = scenario_schema()
    assert references(schema) - set(schema["$defs"]) == set()


def test_a_parameter_may_stand_for_what_is_no_free_text() -> None:
    """For a count, a duration, one of some words."""
    count = scenario_schema()["$defs"]["SubmitStep"]["properties"]["count"]
    assert [each["type"] for each in count["anyOf"]] == ["integer", "string"]
    assert count["anyOf"][1]["pattern"].startswith("[$][{]")


def test_the_schema_has_every_step_and_expectation() -> None:
    """An editor offers them."""
    schema = scenario_schema()
    steps = schema["properties"]["steps"]["items"]["properties"]
    assert tuple(sorted(steps)) == STEP_KINDS
    assert len(steps["expect"]["anyOf"]) == len(SUBJECTS)


def test_the_set_up_is_the_configuration_without_what_a_scenario_has_not() -> None:
    """And with the start of its clock."""
    setup = scenario_schema()["properties"]["setup"]["properties"]
    assert {"accounts", "carriers", "phones", "rules", "faults", "clock", "bound"} <= set(setup)
    assert not {"listeners", "http", "store", "boxes", "radio"} & set(setup)
    assert setup["clock"]["type"] == "string"


def test_an_editor_takes_numbers_of_smpp_in_hexadecimal() -> None:
    """Where they stand in steps and in expectations; a count is none of them."""
    definitions = scenario_schema()["$defs"]
    for name, key in (
        ("SubmitStep", "data_coding"),
        ("Received", "data_coding"),
        ("AcknowledgementExpectation", "user_response_code"),
    ):
        assert '"^0[xX]' in json.dumps(definitions[name]["properties"][key])
    assert '"^0[xX]' not in json.dumps(definitions["SubmitStep"]["properties"]["count"])
