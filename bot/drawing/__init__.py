"""Pictures for a phone: charts and maps."""
