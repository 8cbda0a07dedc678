"""Documents: frames in, bytes out."""
