"""What keeps a flow from being drawn. Pure."""

from checkpoint.outcomes.cuts.states import FlowDoesNotReconcile

__all__ = ["FlowDoesNotReconcile"]  # a cut's own; raised here where it is read
