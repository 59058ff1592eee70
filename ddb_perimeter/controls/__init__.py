"""The questions: one module per area, one control per question."""
