"""Officers' pages under /ui, and the files that pages need."""
