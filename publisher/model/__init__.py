"""The nouns: frozen values that cross from one stage to the next, and pure rules about them."""
