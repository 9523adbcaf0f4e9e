"""Why a navigator is not given a case: whom they know, or what else stands against it."""
