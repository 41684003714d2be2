"""Secrets: where they are found, and the keyring of our own for a machine without a desktop."""

from store.secrets.finding import ALLOWED_KEYRINGS, KEYRING_SERVICE, Secret, find, secret_file

__all__ = ["ALLOWED_KEYRINGS", "KEYRING_SERVICE", "Secret", "find", "secret_file"]
