"""Files of which everything is known, made at random: what detection is measured on beside the collected ones."""
