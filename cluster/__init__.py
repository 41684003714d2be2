"""The cluster: Ray actors that carry frames from cameras to readings to the store's intake."""
