from tests.integration.patterns.conftest import the_story  # noqa: F401  the same four reports
