"""What is brought is sealed in a folder of each test's own, like every exhibit."""

from tests.integration.evidence.conftest import sealed_files

__all__ = ["sealed_files"]
