"""The made-up hub; never installed in production."""
