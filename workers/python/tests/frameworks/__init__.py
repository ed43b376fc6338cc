"""Tests of one framework each, run in its environment by `npm run test:frameworks`; they fail where it is
missing.
"""
