"""Made-up sites: a lively one to try and to photograph, and a huge one to measure on (`manage.py demo`)."""
