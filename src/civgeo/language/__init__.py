"""Readings of Chinese characters: our own table first, then the dictionary of pypinyin."""
