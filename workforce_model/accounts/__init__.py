"""The tables of the accounts: statements, benefits, the agency premium, appraisal, the monitoring form."""
