"""Whether 0.9 means nine in ten: confidence held against truth, and the temperature fitted."""
