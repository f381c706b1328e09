"""What all reports share: how one is declared, checked, split into calls, read, merged and told."""
