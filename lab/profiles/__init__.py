"""What the harness knows of a kind of unit: where and how it shows what every unit has to show."""
