"""Tests that need the packages of a model's environment.

They fail, and are not skipped, where one is missing.
"""
