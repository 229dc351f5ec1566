"""What goes wrong with scenarios: one that cannot be, one that does not hold."""

from carrierbox.errors import CarrierboxError, ConfigurationError


class ScenarioError(ConfigurationError):
    """A scenario that cannot be: file, line, path and remedy stand in its text."""


class NotHeldError(CarrierboxError):
    """A step that could not be done, or an expectation that did not hold. `problem` tells why."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class RefusedError(NotHeldError):
    """What a scenario did was refused: by the carrier, the network or a phone."""


class Finding:
    """One thing that is wrong with a scenario: the path of it, and what to do about it."""

    def __init__(self, path: str, problem: str) -> None:
        self.path = path
        self.problem = problem


def line_of(path: str, lines: dict[str, int]) -> int:
    """The line of a path, or of what it is in; the first if nothing of it is known."""
    while path:
        if path in lines:
            return lines[path]
        cut = max(path.rfind("."), path.rfind("["))
        path = path[:cut] if cut > 0 else ""
    return lines.get("", 1)


def scenario_error(source: str, findings: list[Finding], lines: dict[str, int]) -> ScenarioError:
    """All that is wrong with one scenario, a line for each, in the order of the file."""
    told = sorted((line_of(each.path, lines), at, each) for at, each in enumerate(findings))
    return ScenarioError(
        "",
        "\n".join(
            f"{source}:{line}: {each.path}: {each.problem}"
            if each.path
            else f"{source}:{line}: {each.problem}"
            for line, _, each in told
        ),
    )
