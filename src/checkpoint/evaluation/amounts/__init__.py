"""How much there was a head: events and harm; cost, wellbeing and more of whole cases."""
