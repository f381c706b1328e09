"""What people write and what the wire carries: each value is mapped once, by topic."""
