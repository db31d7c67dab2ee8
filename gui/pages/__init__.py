"""The pages of the window, one for each thing a team does with a survey."""
