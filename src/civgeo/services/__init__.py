"""Use cases: one public function, one transaction. Each takes a `City` first."""
