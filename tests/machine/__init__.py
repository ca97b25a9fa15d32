"""Tests of what runs the house on a machine: launcher, command line, backup."""
