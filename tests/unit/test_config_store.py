"""Where the journal is if nobody says it."""

from pathlib import Path

import pytest

from carrierbox.config_store import default_store_path


@pytest.mark.parametrize(
    ("environment", "platform", "path"),
    [
        ({"HOME": "/h"}, "linux", "/h/.local/state/carrierbox/carrier.db"),
        ({"HOME": "/h", "XDG_STATE_HOME": "/s"}, "linux", "/s/carrierbox/carrier.db"),
        ({"HOME": "/h", "XDG_STATE_HOME": "s"}, "linux", "/h/.local/state/carrierbox/carrier.db"),
        ({"HOME": "/h"}, "darwin", "/h/Library/Application Support/carrierbox/carrier.db"),
        ({"HOME": "/h"}, "win32", "/h/AppData/Local/carrierbox/carrier.db"),
        ({"LOCALAPPDATA": "/l"}, "win32", "/l/carrierbox/carrier.db"),
    ],
)
def test_the_default_store_is_where_the_platform_keeps_state(
    environment: dict[str, str], platform: str, path: str
) -> None:
    """XDG Base Directory Specification, and its like elsewhere."""
    assert default_store_path(environment, platform) == Path(path)
