"""One report as it is held: what each version says, and correcting, withdrawing and putting it back."""
