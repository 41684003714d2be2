"""Held-out exams on rendered pictures: what is asked, what is measured, and on how many."""
