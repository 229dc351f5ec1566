"""Where the journal of a box is if nobody says it."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from carrierbox.errors import ConfigurationError

STORE_FILE: Final = "carrier.db"


def default_store_path(environment: Mapping[str, str], platform: str = sys.platform) -> Path:
    """The file of the journal in the user's state directory.

    Raises ConfigurationError if the user has no home.
    """
    state_home = environment.get("XDG_STATE_HOME", "")
    local_data = environment.get("LOCALAPPDATA", "")
    if platform == "win32" and local_data:
        return Path(local_data) / "carrierbox" / STORE_FILE
    # A relative path there is to be ignored (XDG Base Directory Specification).
    if platform != "win32" and state_home.startswith("/"):
        return Path(state_home) / "carrierbox" / STORE_FILE
    home = environment.get("HOME", "") or os.path.expanduser("~")
    if not os.path.isabs(home):
        raise ConfigurationError(
            "store.url", "there is no home directory to keep it in: choose a file with --store"
        )
    folder = {"win32": "AppData/Local", "darwin": "Library/Application Support"}
    return Path(home) / folder.get(platform, ".local/state") / "carrierbox" / STORE_FILE
