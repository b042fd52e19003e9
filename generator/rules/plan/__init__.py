"""Rules about backup plans: when, what they are called, how long backups are kept, copies."""
