"""What is asked and what was answered: instruments, projects, formats, protection."""
