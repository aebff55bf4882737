"""Papers x keywords -> matches, and what an edition shows of them.

matcher.py       one paper against keywords: the definition of what matches
batch.py         a day's papers against the keywords of all editions at once, with the same results
batch_index.py   from words to papers: what the batch is looked up in
selection.py     matches -> cards and updates of an edition
"""
