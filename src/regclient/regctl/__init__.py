"""The program ``regctl``: one module for each noun, each a table of commands and the short functions behind them."""
