"""Exports of runs: tables, drawings, TensorBoard logs, Keras programs, text."""
