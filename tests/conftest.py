"""What every test shares."""

from __future__ import annotations

from hypothesis import settings

# A loaded machine is no fault of the code: the timeout of pytest is the only deadline.
settings.register_profile("passaparola", deadline=None, print_blob=True)
settings.load_profile("passaparola")
