"""Where light parts from dark in a small grey picture."""

__all__ = ["parting_tone"]


def parting_tone(grey: bytes) -> int:
    """The tone that parts ink from plate best (Otsu 1979: greatest variance between classes)."""
    counts = [0] * 256
    for tone in grey:
        counts[tone] += 1
    total, weight_all = len(grey), sum(tone * count for tone, count in enumerate(counts))
    best, best_spread, below, weight_below = 127, -1.0, 0, 0
    for tone, count in enumerate(counts):
        below += count
        weight_below += tone * count
        if below in (0, total):
            continue
        distance = weight_below / below - (weight_all - weight_below) / (total - below)
        spread = below * (total - below) * distance * distance
        if spread > best_spread:
            best, best_spread = tone, spread
    return best
