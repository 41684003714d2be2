"""The auditor's widgets: the sample, the record under the cursor, the chain, one's own record."""
