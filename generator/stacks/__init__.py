"""What is generated: templates, declared from parts and policies by pure functions."""
