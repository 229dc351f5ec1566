"""`python -m carrierbox`: the same as the command `carrierbox`."""

import sys

from carrierbox.cli import main

sys.exit(main())
