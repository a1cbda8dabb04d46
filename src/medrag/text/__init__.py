"""Text itself: normalisation with an origin map, sentences, token boundaries."""
