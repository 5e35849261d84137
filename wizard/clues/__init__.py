"""What detection does alike for every language: it reads, and runs nothing of the folder."""
