"""How an item of a batch may be declined before it reaches its door. Pure."""

from checkpoint.foundation import errors


class RestsOnFailed(errors.DependsOnFailed):
    slug = "batch-item-rests-on-failed"
    title = "This rests on an item that was not done, so it was not tried"


class ItemNotTried(errors.Unavailable):
    slug = "batch-item-not-tried"
    title = "The batch ended before this item; it was not tried"
