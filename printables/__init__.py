"""Paper: badges, cards, posters, lists and plots as PDF bytes. Pure: fonts, times and texts are handed in."""
