"""From a study to the files of a milestone, one module for each kind of model."""
