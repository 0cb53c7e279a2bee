"""The sentences of the feature files: one module per topic, no knowledge of any driver."""
