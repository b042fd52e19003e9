"""Rules about vaults: deletion, keys, locks, access policies, and who hears of their events."""
