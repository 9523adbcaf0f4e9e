"""How much there was a head: events, harm, cost, and how far people came."""
