"""The JSON that pages, /state and news share: values keyed by uid, times as epoch milliseconds."""
