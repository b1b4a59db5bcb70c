"""Arrays to pictures: colour scales, mosaics and curves, the same for screen and file; no Qt."""
