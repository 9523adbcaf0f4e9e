"""What keeps a flow from being drawn. Pure."""

from checkpoint.foundation import errors


class FlowDoesNotReconcile(errors.Conflict):
    slug = "flow-does-not-reconcile"
    title = "The cut's numbers do not add up, so no flow is drawn of them"
