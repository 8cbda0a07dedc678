"""Outside files and packages to checked frames and values, and back."""
