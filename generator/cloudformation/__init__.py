"""The template language, nothing about backups: all code that reads templates uses this."""
