"""Secrets: where they are found, and the keyring of our own for a machine without a desktop."""

from store.secrets.finding import ALLOWED_KEYRINGS, KEYRING_SERVICE, Secret, find, secret_file
from store.secrets.making import make_key

__all__ = ["ALLOWED_KEYRINGS", "KEYRING_SERVICE", "Secret", "find", "make_key", "secret_file"]
