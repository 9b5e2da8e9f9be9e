"""Drills: exercises made from a seed, one generator for each skill, five levels each."""
