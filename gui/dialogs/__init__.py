"""Windows over the window: for a few questions that need an answer before work goes on."""
