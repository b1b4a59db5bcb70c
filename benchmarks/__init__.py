"""What `make bench` measures: ratios of two things timed in one run on this machine."""
