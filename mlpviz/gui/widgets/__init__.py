"""Reusable parts of pages: cards, curves, images, legends."""
