"""What the operator of an installation does now and then: back up, restore, look after it."""
