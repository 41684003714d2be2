"""The alarm list and the card of the alarm under the cursor."""
