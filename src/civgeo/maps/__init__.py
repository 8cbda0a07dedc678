"""Maps: frames and values in, pages and pictures out. They never see a store or settings."""
