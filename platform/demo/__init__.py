"""The demonstration district: real units, invented people and figures. Loaded at the first start of `serve --demo`."""
