"""Two cases of one pair of people: joined, so that work goes on in one of them, and parted again."""
