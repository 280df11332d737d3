"""The tone tagger's making: labelled data, training, export, report. What it is at run time is `coach.check.tagger`."""
