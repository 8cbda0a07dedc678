"""The public API: OGC API - Features, coverage, maps."""
