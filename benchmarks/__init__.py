"""Benchmarks: ratios measured in one run against a named peer, with the answers checked."""
