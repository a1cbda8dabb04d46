"""What words mean: lexicon, mentions, quantities and units, formulas."""
