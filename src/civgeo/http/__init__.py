"""What the API and the officers' pages share."""
