"""The systems that send files: which mapping reads each, since when, and how one is made from a sample."""
