"""Parameters of a scenario: `${name}` in its texts, with the value of a parameter in its place.

A text that is nothing but `${name}` becomes the value itself, so a number stays one. `$${` is `${`.
"""

import re
from collections.abc import Mapping
from typing import Final

from carrierbox.scenarios.problems import Finding

_NAME: Final = re.compile(r"\$(\$\{|\{([^{}]*)\})")
NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def filled_in(
    value: object, parameters: Mapping[str, object], path: str, findings: list[Finding]
) -> object:
    """A value of YAML with what its `${…}` stand for; what is wrong is put in `findings`."""
    if isinstance(value, str):
        return _filled_text(value, parameters, path, findings)
    if isinstance(value, list):
        return [
            filled_in(each, parameters, f"{path}[{index}]", findings)
            for index, each in enumerate(value)
        ]
    if isinstance(value, dict):
        return {
            _key(str(key), parameters, path, findings): filled_in(
                each, parameters, f"{path}.{key}" if path else str(key), findings
            )
            for key, each in value.items()
        }
    return value


def _key(key: str, parameters: Mapping[str, object], path: str, findings: list[Finding]) -> str:
    return str(_filled_text(key, parameters, path, findings)) if "${" in key else key


def _filled_text(
    text: str, parameters: Mapping[str, object], path: str, findings: list[Finding]
) -> object:
    whole = _NAME.fullmatch(text)
    if whole is not None and whole[2] in parameters:
        return parameters[whole[2]]

    def value_of(found: re.Match[str]) -> str:
        name = found[2]
        if name is None:
            return "${"
        if name in parameters:
            return str(parameters[name])
        known = ", ".join(parameters) or "none; name it under `parameters`"
        findings.append(Finding(path, f"{found[0]} is no parameter; known: {known}"))
        return found[0]

    return _NAME.sub(value_of, text) if "${" in text else text
