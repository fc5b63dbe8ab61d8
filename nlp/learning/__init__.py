"""The classifier: corpus, features, training and the model at work."""
