"""`python -m config.cli`: the citydesk command."""

import sys

from config.cli.main import main

sys.exit(main())
