"""Safety across the wall: the check on the victim’s side before direct work, and the warning of danger."""
