"""What CI asks of a run and of the suite itself; it reads what runs wrote and knows no unit."""
