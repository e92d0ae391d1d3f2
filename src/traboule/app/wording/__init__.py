"""What command line and room say alike: errors and faults as sentences."""
