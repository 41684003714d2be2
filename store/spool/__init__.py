"""What was accepted and is not filed yet, and which pictures are accounted for."""
