"""What is kept, for how long, and the proof: weeding, evidential holds, erasure, the doctor."""
