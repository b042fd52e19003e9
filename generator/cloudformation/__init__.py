"""The language of templates, and nothing about backups: whatever reads a template reads it here."""
