"""The JSON API of programs, under `/api/v1`: one module for each thing that can be asked for."""
