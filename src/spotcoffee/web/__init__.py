"""The faces for people and programs: manage, portal, api. They know nothing of one another."""
