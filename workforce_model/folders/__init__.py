"""The folder of a run: who may write it, whole or not at all, and whether it still agrees."""
