"""The trainings on a lesson's page."""
