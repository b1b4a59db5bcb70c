"""Lessons: guided tours whose questions are answered by the live network, and whose claims are verified."""
