"""先锋渔英: fishing-vessel positions in, safety alerts assigned to sea-grid members out."""
