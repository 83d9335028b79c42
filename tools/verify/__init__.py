"""The long checks behind ``make verify``: this project's numbers beside R's, on random data."""
