"""Pictures read without a hub, why each plate was read so, and the model packs that read."""
