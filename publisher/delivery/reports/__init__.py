"""What comes back for messages that were delivered: bounces, complaints, answers of machines."""
