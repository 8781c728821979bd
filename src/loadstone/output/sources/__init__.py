"""Where rows come from: each source gives them as exact text, within one snapshot, in flat memory."""
