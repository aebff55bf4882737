"""The archive: digests as a static site that needs no server of its own. Pure: what is shown, not when it is written.

    Digest --entries--> Entry (a paper on a day)          what every index is made of
    Digest, Entry --pages--> HTML        --feed--> Atom        --search--> a script with a month's entries

places    where each page lies, and how authors and keywords are filed
entries   what the indexes know of a paper
pages     HTML, from the templates of this package and the card of the report's
feed      the newest days of an edition as an Atom feed
search    the index that a browser searches

`storage.site_index` keeps the entries of a site beside it, and `bot.site.builder` writes what a new day touches.
"""
